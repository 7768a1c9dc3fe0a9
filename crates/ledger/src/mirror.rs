//! The files of a journal that a server keeps: a copy for reading, which can be deleted and is made again.
//!
//! What is appended goes to the server first, and into the files once it is durable there. So the files are never ahead of
//! the server, and whoever reads them reads what counts. A journal without a server is just its files.
//!
//! Nobody has to believe the files: what a signed head covers is held against it, the rest against the server. What was
//! found to be so is remembered with the files' times and sizes in `views/mirror`, and not looked at again.

mod check;

pub(crate) use check::differs;

use crate::access_log;
use crate::checkpoints::{CheckpointFile, Checkpoints};
use crate::home::{Home, HomeError};
use crate::remote::{self, Part, RemoteError, Stream};
use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::{AppendError, Batch, Commit, FileJournal, Journal as _, OpenError, Position, ReadError};
use std::time::{Duration, Instant};

/// A journal to append to.
pub(crate) struct Mirrored {
    files: FileJournal,
    stream: Option<Stream>,
}

impl Mirrored {
    /// A journal with the stream that counts, where a server keeps it. The files may be behind: see
    /// [`catch_up`](Self::catch_up).
    pub(crate) fn new(files: FileJournal, stream: Option<Stream>) -> Self {
        Self { files, stream }
    }

    /// What was appended, for reading.
    pub(crate) fn files(&self) -> &FileJournal {
        &self.files
    }

    /// Lines in the files.
    pub(crate) fn len(&self) -> u64 {
        self.files.len()
    }

    /// Makes commits durable where they count. Nobody else may have written in between.
    pub(crate) fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        if let Some(stream) = &mut self.stream {
            stream.append(at, commits).map_err(or_lost)?;
        }
        self.files.append(at, commits)
    }

    /// With the stream as long as it is now.
    pub(crate) fn renew(&mut self, stream: Stream) {
        self.stream = Some(stream);
    }

    /// Makes sure that the files behind what a signed head covers are what the server has.
    pub(crate) fn check_behind(&self, signed: u64) -> Result<(), RemoteError> {
        self.stream.as_ref().map_or(Ok(()), |stream| check::behind(&self.files, stream, signed))
    }

    /// Brings the files up to the server.
    pub(crate) fn copy(&mut self) -> Result<(), RemoteError> {
        self.catch_up(|_, _| Ok(())).map(drop)
    }

    /// Takes over what others have written, batch by batch. `each` is told the commits, with the position of the first
    /// line, once they are in the files.
    pub(crate) fn catch_up<E: From<RemoteError>>(
        &mut self,
        mut each: impl FnMut(Position, &[Commit]) -> Result<(), E>,
    ) -> Result<u64, E> {
        let Some(stream) = &self.stream else { return Ok(0) };
        let before = self.files.len();
        check_end(&self.files, stream)?;
        for batch in stream.read(Position(before)).map_err(RemoteError::from)? {
            let (first, commits) = unpacked(batch)?;
            self.files.append(first, &commits).map_err(RemoteError::from)?;
            each(first, &commits)?;
        }
        Ok(self.files.len() - before)
    }
}

/// A server that ends before the place where it ended once is not overtaken: it has lost lines.
fn or_lost(error: AppendError) -> AppendError {
    match error {
        AppendError::WrongPosition { asked, expected } if expected < asked => {
            AppendError::Engine(Box::new(RemoteError::Shorter { files: asked.0, stream: expected.0 }))
        }
        other => other,
    }
}

fn unpacked(batch: Result<Batch, ReadError>) -> Result<(Position, Vec<Commit>), RemoteError> {
    let frame = batch?.unpack()?;
    let commit = |range: std::ops::Range<u32>| {
        let lines = range.filter_map(|line| frame.line(line));
        Commit::from_lines(lines).map_err(|problem| RemoteError::Open(Box::new(problem)))
    };
    Ok((frame.first(), frame.commits().map(commit).collect::<Result<_, _>>()?))
}

/// The last line that is in the files must stand at its place on the server: each line has a random id of its own, so a
/// history that agrees there is the same.
fn check_end(files: &FileJournal, stream: &Stream) -> Result<(), RemoteError> {
    let Some(last) = files.len().checked_sub(1).map(Position) else { return Ok(()) };
    if stream.len() <= last.0 {
        return Err(RemoteError::Shorter { files: files.len(), stream: stream.len() });
    }
    let frame = stream.read(last)?.next().transpose()?.map(Batch::unpack).transpose()?;
    let same = frame
        .as_ref()
        .and_then(|frame| frame.line(0))
        .map(|line| files.read_line(last).map(|own| own == line));
    if same.transpose()? == Some(true) { Ok(()) } else { Err(RemoteError::Other { position: last.0 }) }
}

/// Brings the files of a ledger up to its server, for reading. Where another process writes them, that one does.
///
/// # Errors
/// When the server does not answer, or holds another history, or the files are not what was read from it.
pub fn update(home: &Home) -> Result<(), HomeError> {
    let Some(remote) = home.remote() else { return Ok(()) };
    heads(home)?;
    let mut stream = remote.journal(Part::Lines)?;
    let mut waiting = Waiting::default();
    loop {
        match home.open_files() {
            Err(HomeError::Journal(OpenError::Locked { .. })) => {}
            files => {
                let files = files.map_err(|problem| repairable(home, problem))?.0;
                check::files(home, &files, &stream)?;
                let mut mirrored = Mirrored::new(files, Some(stream));
                mirrored.copy()?;
                check::remember(home)?;
                drop(mirrored);
                return access_log::update(home);
            }
        }
        // Who has the lock may be another reader that has just begun.
        let files = home.read_journal_as_it_is().ok();
        let len = files.as_ref().map_or(0, FileJournal::len);
        if len >= stream.len() || waiting.long_enough(len) {
            // Never behind the files: they follow the server.
            stream = remote.journal(Part::Lines)?;
            return files.map_or(Ok(()), |files| check::files(home, &files, &stream));
        }
        std::thread::sleep(LOOK);
    }
}

/// Takes over heads and the access journal, and leaves the files of the lines as they are.
///
/// # Errors
/// As for [`update`].
pub fn update_heads(home: &Home) -> Result<(), HomeError> {
    heads(home)?;
    access_log::update(home)
}

/// How often is looked whether another process has brought the files up to the server.
const LOOK: Duration = Duration::from_millis(50);
/// So long without a new line, and what is there is read.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waiting for another process for as long as lines come.
#[derive(Default)]
struct Waiting(Option<(u64, Instant)>);

impl Waiting {
    fn long_enough(&mut self, len: u64) -> bool {
        match self.0 {
            Some((before, since)) if before == len => since.elapsed() > PATIENCE,
            _ => {
                self.0 = Some((len, Instant::now()));
                false
            }
        }
    }
}

/// Files that can be made again need no copy to be restored from.
pub(crate) fn repairable(home: &Home, problem: HomeError) -> HomeError {
    match problem {
        HomeError::Journal(_) | HomeError::Read(_) => {
            RemoteError::Mirror { dir: home.dir().join("journal"), problem: problem.to_string() }.into()
        }
        other => other,
    }
}

/// Takes over heads that were signed elsewhere.
pub(crate) fn heads(home: &Home) -> Result<(), HomeError> {
    let Some(remote) = home.remote() else { return Ok(()) };
    let kept = Checkpoints::of(home);
    remote.texts(Part::Heads, 0)?.iter().try_for_each(|head| kept.keep(head).map(drop))
}

/// The newest head on the server, kept here too. `None` where it covers more than the first `lines`, which may be all that
/// was read so far.
pub(crate) fn newest_head(home: &Home, lines: u64) -> Result<Option<CheckpointFile>, HomeError> {
    let Some(remote) = home.remote() else { return Ok(None) };
    let Some(text) = remote.newest_text(Part::Heads)? else { return Ok(None) };
    let covered =
        Checkpoint::open(text.as_bytes(), &home.verifying_key()?).is_ok_and(|head| head.size <= lines);
    covered.then(|| Checkpoints::of(home).keep(&text)).transpose()
}

/// The stream of heads, open for who signs many.
#[derive(Default)]
pub(crate) struct Told(Option<(Stream, Option<String>)>);

impl Told {
    /// Gives a head that was signed here to the server, which may have it already.
    pub(crate) fn tell(&mut self, home: &Home, part: Part, head: &CheckpointFile) -> Result<(), RemoteError> {
        let Some(remote) = home.remote() else { return Ok(()) };
        let text = String::from_utf8_lossy(&head.bytes).into_owned();
        let (mut stream, newest) = if let Some(open) = self.0.take() {
            open
        } else {
            let stream = remote.journal(part)?;
            let newest = remote.texts_of(&*stream, part, stream.len().saturating_sub(1))?.pop();
            (stream, newest)
        };
        if newest.as_ref() != Some(&text) {
            remote::append_texts(&mut *stream, std::slice::from_ref(&text))?;
        }
        self.0 = Some((stream, Some(text)));
        Ok(())
    }
}

/// Gives one head to the server.
pub(crate) fn tell(home: &Home, part: Part, head: &CheckpointFile) -> Result<(), RemoteError> {
    Told::default().tell(home, part, head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{Remote, memory};
    use crate::verify::verify;
    use crate::{Item, Randomness, Sequencer, SequencerError, Status};
    use jejak_domain::actor::{Actor, ActorKind};
    use jejak_domain::ids::ActorId;
    use jejak_domain::money::Currency;
    use jejak_domain::time::Timestamp;
    use std::path::Path;

    fn now() -> Timestamp {
        Timestamp::parse("2022-01-01T00:00:00.000Z").unwrap()
    }

    fn item(number: u32) -> Item {
        let text = format!(
            r#"{{"type":"participant.register.v1","subject":"participant/01790000-0000-7000-8000-{number:012}","commandid":"register","data":{{"born":"1990-05","education":"primary","employment":"job-seeker","regency":"3171","sex":"female"}}}}"#
        );
        Item::read(text.as_bytes()).unwrap()
    }

    fn begin(dir: &Path, server: &Remote) -> Sequencer {
        let mut random = Randomness::seeded("mirror");
        let home =
            Home::create(dir, "Test", "jejak.example/mirror", Currency::IDR, None, &mut random).unwrap();
        Sequencer::begin(home.kept_by(server.clone()), random, now()).unwrap()
    }

    fn open(dir: &Path, server: &Remote) -> Sequencer {
        let home = Home::of_server(dir, server.clone()).unwrap();
        Sequencer::open(home, Randomness::system(), false).unwrap().0
    }

    fn register(sequencer: &mut Sequencer, number: u32) -> Result<Status, SequencerError> {
        let actor = Actor { kind: ActorKind::User, id: ActorId::new("operator").unwrap() };
        let outcome = sequencer.handle(&item(number), actor, now())?;
        sequencer.flush()?;
        Ok(outcome.status)
    }

    /// The keys of one machine, on another.
    fn share_keys(from: &Path, to: &Path) {
        std::fs::create_dir_all(to.join("keys")).unwrap();
        for file in ["signing.key", "command.key"] {
            std::fs::copy(from.join("keys").join(file), to.join("keys").join(file)).unwrap();
        }
    }

    #[test]
    fn of_two_services_on_one_server_the_slower_is_told_and_nothing_is_lost_or_doubled() {
        let parent = tempfile::tempdir().unwrap();
        let (one, two) = (parent.path().join("one"), parent.path().join("two"));
        let server = memory::server();
        let first = begin(&one, &server);
        share_keys(&one, &two);
        let second = open(&two, &server);
        let dirs = [&one, &two];
        let mut services = [Some(first), Some(second)];
        // The lock of its files must be free before it is opened again.
        let reopen = |service: &mut Option<Sequencer>, dir: &Path| {
            drop(service.take());
            *service = Some(open(dir, &server));
        };
        let mut fenced = 0;
        for number in 0..40 {
            // Now the one, now the other; every fourth command is tried by both, as a client does that got no answer.
            let turn = usize::from(number % 3 == 0);
            let status = register(services[turn].as_mut().unwrap(), number).unwrap_or_else(|error| {
                let second = matches!(&error, SequencerError::Append(AppendError::WrongPosition { .. }));
                assert!(second, "only who came second fails: {error}");
                fenced += 1;
                reopen(&mut services[turn], dirs[turn]);
                register(services[turn].as_mut().unwrap(), number).unwrap()
            });
            assert_eq!(status, Status::Recorded);
            if number % 4 == 0 {
                reopen(&mut services[1 - turn], dirs[1 - turn]);
                assert_eq!(register(services[1 - turn].as_mut().unwrap(), number).unwrap(), Status::Repeated);
            }
        }
        assert!(fenced > 5, "they met {fenced} times");
        reopen(&mut services[0], dirs[0]);
        services[0].as_mut().unwrap().sign().unwrap();
        drop(services);
        let mut roots = Vec::new();
        for dir in dirs {
            let home = Home::of_server(dir, server.clone()).unwrap();
            update(&home).unwrap();
            let here = verify(&Home::open(dir).unwrap(), &[], |_| ()).unwrap();
            let there = verify(&home, &[], |_| ()).unwrap();
            assert!(here.failures.is_empty() && there.failures.is_empty(), "{:?}", here.failures);
            assert_eq!((here.root, here.heads), (there.root, 1));
            roots.push((here.root, here.lines));
        }
        assert_eq!(roots[0], roots[1]);
    }

    #[test]
    fn lines_that_no_head_covers_are_compared_with_the_server() {
        let parent = tempfile::tempdir().unwrap();
        let (one, two, three) =
            (parent.path().join("one"), parent.path().join("two"), parent.path().join("three"));
        let server = memory::server();
        let mut sequencer = begin(&one, &server);
        register(&mut sequencer, 1).unwrap();
        let signed = sequencer.len();
        sequencer.sign().unwrap();
        for number in 2..6 {
            register(&mut sequencer, number).unwrap();
        }
        let reader = |dir: &Path| Home::of_server(dir, server.clone()).unwrap();
        update(&reader(&two)).unwrap();
        // The same beginning, another line behind the head, and the last line as it is.
        let mut files = reader(&three).create_journal().unwrap();
        let journal = reader(&two).read_journal().unwrap();
        let altered = signed + 1;
        for position in 0..journal.len() {
            let mut line = journal.read_line(Position(position)).unwrap();
            if position == altered {
                line = String::from_utf8(line).unwrap().replace("female", "fem\\u0061le").into_bytes();
            }
            files.append(Position(position), &[Commit::new(vec![line]).unwrap()]).unwrap();
        }
        drop(files);
        let refused = update(&reader(&three));
        let other = |position: &u64| *position == altered;
        assert!(
            matches!(&refused, Err(HomeError::Remote(RemoteError::Other { position })) if other(position)),
            "{refused:?}"
        );
        let found = verify(&reader(&three), &[], |_| ()).unwrap().failures;
        assert_eq!(found.iter().map(crate::verify::Failure::position).collect::<Vec<_>>(), [Some(altered)]);
        share_keys(&one, &three);
        drop(sequencer);
        let refused = Sequencer::open(reader(&three), Randomness::system(), false).map(|_| ());
        assert!(matches!(refused, Err(SequencerError::Remote(RemoteError::Other { .. }))), "{refused:?}");
        update(&reader(&two)).unwrap();
    }

    #[test]
    fn a_server_that_lost_lines_or_has_others_is_not_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let server = memory::server();
        let mut sequencer = begin(dir.path(), &server);
        register(&mut sequencer, 1).unwrap();
        drop(sequencer);
        let empty = memory::server();
        empty.begin(&Home::open(dir.path()).unwrap().manifest).unwrap();
        let home = Home::of_server(dir.path(), empty).unwrap();
        let refused = Sequencer::open(home, Randomness::system(), false).map(|_| ());
        assert!(matches!(refused, Err(SequencerError::Remote(RemoteError::Shorter { .. }))), "{refused:?}");
        // Without the files nothing is missed: they are made again.
        std::fs::remove_dir_all(dir.path().join("journal")).unwrap();
        assert_eq!(register(&mut open(dir.path(), &server), 1).unwrap(), Status::Repeated);
    }
}

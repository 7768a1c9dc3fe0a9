# What revocations released, worked out from the lines of one journal by jq alone: no program of ours has a part in it.
#
# Read with `jq --null-input --from-file revocations.jq` from the lines, card by card: sorted by subject, each subject's
# in the order of the journal. Each card's money is followed step by step. What a revocation says it released must be
# what is then left on the card: not what was spent, paid or is with the bank. One for want of a purchase must find no
# purchase that stands, after a term counted here once more.
# Sums are whole rupiah by cause; revocations are net of reinstatements.

def rupiah: if .currency == "IDR" and (.value | endswith(".00")) then .value[:-3] | tonumber
            else error("not whole rupiah: \(.)") end;
def day: "\(.)T00:00:00Z" | fromdate / 86400 | floor;
# The day in Jakarta, seven hours before UTC.
def today: ((.time // .recordedtime)[:19] + "Z" | fromdate) / 86400 + 7 / 24 | floor;
def must($right; $what): if $right then . else error($what) end;
def release($cause; $count; $amount):
  if $amount == 0 then . else .sums[$cause].count += $count | .sums[$cause].amount += $amount end;

# Days within which the first purchase is made (Permenko 11/2020).
def term: 30;

def step($e; $kind; $s):
  $e.data as $d | .card as $c |
  if $kind == "decree.opened" then .decreed = ($d.date | day)
  elif $kind == "entitlement.decreed" then
    .card = {training: ([$d.benefits[] | select(.benefit == "training").amount | rupiah] | add),
                  cash: ([$d.benefits[] | select(.benefit != "training").amount | rupiah] | add),
                  flight: {}, bought: {}, from: .decreed, ended: null}
  elif $kind == "voucher.spent" then
    .card.training -= ($d.price | rupiah) | .card.bought[$d.purchase] = ($d.price | rupiah)
  elif $kind == "voucher.restored" then
    must($c.bought[$d.purchase] == ($d.amount | rupiah); "\($s): restored is not what was paid")
    | del(.card.bought[$d.purchase]) | .card.training += ($d.amount | rupiah)
    | if $d.by == "participant" then . else .card.from = ($e | today) end
  elif $kind == "voucher.lapsed" then
    must($c.training == ($d.amount | rupiah); "\($s): lapsed is not what was left")
    | .card.training = 0 | release("balance-lapsed"; 1; $d.amount | rupiah)
  elif $kind == "payout.instructed" then
    .card.cash -= ($d.amount | rupiah) | .card.flight["\($d.benefit)\($d.number)"] = ($d.amount | rupiah)
  elif $kind == "payout.settled" then
    must($c.flight["\($d.benefit)\($d.number)"] == ($d.amount | rupiah); "\($s): settled was not on its way")
    | del(.card.flight["\($d.benefit)\($d.number)"])
  elif $kind == "payout.failed" then
    $c.flight["\($d.benefit)\($d.number)"] as $back
    | must($back != null; "\($s): failed was not on its way")
    | del(.card.flight["\($d.benefit)\($d.number)"])
    | if $c.ended then release("not-arrived"; 1; $back) else .card.cash += $back end
  elif $kind == "payout.returned" then
    if $c.ended then release("not-arrived"; 1; $d.amount | rupiah) else .card.cash += ($d.amount | rupiah) end
  elif $kind == "instalment.lapsed" or $kind == "entitlement.closed" then
    .card.cash -= ($d.amount | rupiah)
    | (if $kind == "entitlement.closed" then
         must(.card.cash == 0; "\($s): closed with \(.card.cash) of cash left") | .card.ended = "closed"
       else . end)
    | release("cash-lapsed"; 1; $d.amount | rupiah)
  elif $kind == "entitlement.revoked" then
    must($c.ended == null; "\($s): revoked twice")
    | must($c.training + $c.cash == ($d.amount | rupiah);
        "\($s): released \($d.amount.value), but \($c.training + $c.cash) was left")
    | (if $d.reason == "no-purchase" then
         must($c.bought == {}; "\($s): there is a purchase")
         | must(($e | today) >= $c.from + term; "\($s): the term has not ended")
       else . end)
    | .card += {training: 0, cash: 0, ended: $d.reason, lost: {training: $c.training, cash: $c.cash}}
    | release($d.reason; 1; $d.amount | rupiah)
  elif $kind == "entitlement.reinstated" then
    must($c.lost.training + $c.lost.cash == ($d.amount | rupiah); "\($s): given back is not what was released")
    | release($c.ended; -1; -($d.amount | rupiah))
    | .card += $c.lost + {ended: null, from: ($e | today)}
  else . end;

# A card that is left must have nothing on its way.
def leave: must(.card == null or .card.flight == {}; "\(.subject): money is still on its way") | .card = null;

reduce inputs as $event ({subject: null, card: null, sums: {}};
  (if .subject == $event.subject then . else leave | .subject = $event.subject end)
  | step($event; $event.type[9:-3]; $event.subject))
| leave | .sums

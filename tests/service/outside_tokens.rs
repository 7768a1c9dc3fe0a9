//! Tokens of an outside provider: what must be refused, and what must not.

use super::served::{Served, item};
use crate::process::items::empty;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jejak_journal::checkpoint::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

const SEED: [u8; 32] = [7; 32];

/// An Ed25519 seed as PKCS#8 (RFC 8410).
fn pkcs8(seed: &[u8; 32]) -> Vec<u8> {
    [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], seed].concat()
}

fn public() -> String {
    let key = SigningKey::from_seed("provider.example", &SEED).expect("a key");
    URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes())
}

fn with_provider() -> (TempDir, Served) {
    let dir = empty();
    let keys = json!({ "keys": [
        { "kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": public(), "alg": "EdDSA", "use": "sig" },
        { "kty": "never-heard-of", "kid": "k0" },
        { "kty": "OKP", "crv": "Ed25519", "kid": "secrets", "x": public(), "use": "enc" },
        { "kty": "OKP", "crv": "Ed25519", "kid": "wraps", "x": public(), "key_ops": ["wrapKey"] },
    ]});
    let file = dir.path().join("provider.json");
    std::fs::write(&file, keys.to_string()).expect("a file");
    let config = format!(
        "[oidc]\nissuer = \"https://login.example\"\naudience = \"jejak\"\njwks = \"{}\"\nalgorithms = [\"EdDSA\"]\nperson = \"nip\"\n",
        file.display()
    );
    std::fs::write(dir.path().join("server.toml"), config).expect("a file");
    let served = Served::start(dir.path());
    (dir, served)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn claims() -> Value {
    json!({ "iss": "https://login.example", "aud": "jejak", "sub": "account-1", "nip": "1985-ani", "exp": now() + 600 })
}

fn signed(header: &Header, claims: &Value) -> String {
    encode(header, claims, &EncodingKey::from_ed_der(&pkcs8(&SEED))).expect("a token")
}

fn header() -> Header {
    Header { kid: Some("k1".into()), ..Header::new(Algorithm::EdDSA) }
}

#[test]
fn two_accounts_of_one_person_are_one_person() {
    let (_dir, served) = with_provider();
    let kpa = served.token("kpa", "kepala");
    let token = signed(&header(), &claims());
    // Known, but without a role.
    let refused = served.get(&token, "/v1/programmes").is(403);
    assert!(refused.text.contains("1985-ani holds no role"), "{}", refused.text);
    let role = |role: &str| json!({ "reference": "SK-1", "role": role });
    served
        .post(&kpa, "/v1/commands", &item("access.grant.v1", "officer/1985-ani", &role("ppk"), "g1"))
        .is(201);
    served.get(&token, "/v1/programmes").is(200);
    // The second account of the same person is the same person: no second role that must be apart.
    let mut second = claims();
    second["sub"] = json!("account-2");
    served.get(&signed(&header(), &second), "/v1/programmes").is(200);
    let apart = item("access.grant.v1", "officer/1985-ani", &role("ppspm"), "g2");
    assert_eq!(served.post(&kpa, "/v1/commands", &apart).is(422).json()["code"], "access.roles_apart");
}

#[test]
fn tokens_that_could_mislead_are_refused() {
    let (_dir, served) = with_provider();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims();
        change(&mut claims);
        signed(&header(), &claims)
    };
    let without =
        |name: &'static str| with(&|claims| drop(claims.as_object_mut().expect("claims").remove(name)));
    let unsigned = {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&json!({ "alg": "none", "kid": "k1" })), part(&claims()))
    };
    // The public key as a shared secret: the old trick with HS256.
    let swapped = encode(
        &Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) },
        &claims(),
        &EncodingKey::from_secret(public().as_bytes()),
    )
    .expect("a token");
    let encoded = |header: &Value, claims: &Value| {
        // The library does not write what it does not know: a token of another hand, with the same key.
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let key = EncodingKey::from_ed_der(&pkcs8(&SEED));
        let sum =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).expect("a signature");
        format!("{message}.{sum}")
    };
    let known = json!({ "alg": "EdDSA", "kid": "k1" });
    let answer = served.get(&encoded(&known, &claims()), "/v1/programmes").is(403);
    assert!(answer.text.contains("holds no role"), "{}", answer.text);
    let bad = [
        ("an extension", encoded(&json!({ "alg": "EdDSA", "crit": ["x"], "kid": "k1", "x": 1 }), &claims())),
        ("a key for secrets", signed(&Header { kid: Some("secrets".into()), ..header() }, &claims())),
        ("a key for other operations", signed(&Header { kid: Some("wraps".into()), ..header() }, &claims())),
        ("a list of issuers", with(&|claims| claims["iss"] = json!(["https://login.example", "other"]))),
        ("a second spelling", with(&|claims| claims["nip"] = json!("1985-Ani"))),
        ("unsigned", unsigned),
        ("another algorithm", swapped),
        ("no key named", signed(&Header::new(Algorithm::EdDSA), &claims())),
        ("an unknown key", signed(&Header { kid: Some("k9".into()), ..header() }, &claims())),
        ("no audience", without("aud")),
        ("another audience", with(&|claims| claims["aud"] = json!("other"))),
        ("no issuer", without("iss")),
        ("another issuer", with(&|claims| claims["iss"] = json!("https://evil.example"))),
        ("no end", without("exp")),
        ("expired", with(&|claims| claims["exp"] = json!(now() - 60))),
        ("an end as text", with(&|claims| claims["exp"] = json!((now() + 600).to_string()))),
        ("not yet", with(&|claims| claims["nbf"] = json!(now() + 600))),
        ("nobody", without("nip")),
        ("a person with a space", with(&|claims| claims["nip"] = json!("a b"))),
        ("a person as a number", with(&|claims| claims["nip"] = json!(7))),
    ];
    let status = |token: &str| served.get(token, "/v1/programmes").status;
    let taken: Vec<_> = bad.iter().filter(|(_, token)| status(token) != 401).map(|(why, _)| why).collect();
    assert!(taken.is_empty(), "taken: {taken:?}");
}

#[test]
fn a_key_counts_as_long_as_it_is_in_the_file() {
    let (dir, served) = with_provider();
    let file = dir.path().join("provider.json");
    let token = signed(&header(), &claims());
    served.get(&token, "/v1/programmes").is(403);
    // A file that was spoilt takes nobody's key away.
    std::fs::write(&file, "{\"keys\":[").expect("a file");
    served.get(&token, "/v1/programmes").is(403);
    std::fs::write(&file, r#"{"keys":[]}"#).expect("a file");
    served.get(&token, "/v1/programmes").is(401);
    let log = String::from_utf8(served.stop()).expect("text");
    assert_eq!(log.matches("the provider's keys cannot be read").count(), 1, "{log}");
}

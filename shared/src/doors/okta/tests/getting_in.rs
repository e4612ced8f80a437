//! Tokens, signatures and proofs, before a gate that checks them all.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicI64, AtomicUsize, Ordering},
};

use aws_lc_rs::{
    encoding::AsDer,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, jwk::Jwk};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::*;
use crate::doors::okta::jwt::pem_of;

fn rsa_pem() -> SecretString {
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
    pem_of(der.as_ref())
}

fn ec_pem() -> SecretString {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    pem_of(pair.to_pkcs8v1().unwrap().as_ref())
}

fn service(pem: &SecretString) -> Auth {
    Auth::PrivateKey {
        client_id: "0oaClient".to_owned(),
        key_id: Some("key-1".to_owned()),
        private_key_pem: pem.clone(),
        scopes: vec!["okta.users.read".to_owned(), "okta.groups.read".to_owned()],
    }
}

/// The part of Okta that lets people in, and distrusts everybody.
struct Gate {
    key: DecodingKey,
    algorithm: Algorithm,
    wants_dpop: bool,
    /// The server's time.
    now: AtomicI64,
    tokens: AtomicUsize,
    revoked: AtomicUsize,
    seen_ids: Mutex<HashSet<String>>,
}

impl Gate {
    fn new(pem: &SecretString, wants_dpop: bool) -> Arc<Self> {
        let bytes = pem.expose_secret().as_bytes();
        let (key, algorithm) = match EncodingKey::from_rsa_pem(bytes) {
            Ok(key) => (key, Algorithm::RS256),
            Err(_) => (EncodingKey::from_ec_pem(bytes).unwrap(), Algorithm::ES256),
        };
        let public = Jwk::from_encoding_key(&key, algorithm).unwrap();
        Arc::new(Self {
            key: DecodingKey::from_jwk(&public).unwrap(),
            algorithm,
            wants_dpop,
            now: AtomicI64::new(NOW),
            tokens: AtomicUsize::new(0),
            revoked: AtomicUsize::new(0),
            seen_ids: Mutex::default(),
        })
    }

    fn is_now(&self, claims: &Json) -> bool {
        let (now, iat) = (self.now.load(Ordering::SeqCst), claims["iat"].as_i64().unwrap());
        (now - 300..=now).contains(&iat)
    }

    fn is_fresh(&self, claims: &Json) -> bool {
        self.seen_ids.lock().unwrap().insert(claims["jti"].as_str().unwrap().to_owned())
    }

    /// Checks a proof and returns its claims.
    fn proof(&self, it: &Heard, origin: &str) -> Option<Json> {
        let proof = it.header("dpop")?;
        let header = jsonwebtoken::decode_header(proof).unwrap();
        assert_eq!((header.typ.as_deref(), header.alg), (Some("dpop+jwt"), Algorithm::RS256));
        let jwk = header.jwk.unwrap();
        assert!(!serde_json::to_string(&jwk).unwrap().contains("\"d\""), "the public half only");
        let claims = verify(proof, &DecodingKey::from_jwk(&jwk).unwrap(), Algorithm::RS256);
        assert_eq!(claims["htm"], it.method.as_str());
        assert_eq!(claims["htu"], format!("{origin}{}", it.path));
        assert!(self.is_fresh(&claims), "a proof is used once");
        Some(claims)
    }

    fn answer(&self, it: &Heard) -> Say {
        let origin = format!("http://{}", it.header("host").unwrap());
        let say = if it.path == "/oauth2/v1/token" {
            self.token(it, &origin)
        } else {
            self.resource(it, &origin)
        };
        say.with("date", http_date(self.now.load(Ordering::SeqCst)))
    }

    fn token(&self, it: &Heard, origin: &str) -> Say {
        let refuse = |status, error: &str| Say::json(status, &json!({ "error": error }));
        let assertion = it.form("client_assertion");
        assert_eq!(it.form("grant_type"), "client_credentials");
        assert_eq!(it.form("scope"), "okta.users.read okta.groups.read");
        assert_eq!(jsonwebtoken::decode_header(&assertion).unwrap().kid.as_deref(), Some("key-1"));
        let claims = verify(&assertion, &self.key, self.algorithm);
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!("0oaClient"), &json!("0oaClient")));
        assert_eq!(claims["aud"], format!("{origin}/oauth2/v1/token"));
        if !self.is_now(&claims) || !self.is_fresh(&claims) {
            return refuse(401, "invalid_client");
        }
        if self.wants_dpop {
            let Some(proof) = self.proof(it, origin) else {
                return refuse(400, "invalid_dpop_proof");
            };
            if !self.is_now(&proof) {
                return refuse(400, "invalid_dpop_proof");
            }
            if proof["nonce"] != "nonce-1" {
                return refuse(400, "use_dpop_nonce").with("dpop-nonce", "nonce-1");
            }
        }
        let number = self.tokens.fetch_add(1, Ordering::SeqCst) + 1;
        let token_type = if self.wants_dpop { "DPoP" } else { "Bearer" };
        Say::json(
            200,
            &json!({ "token_type": token_type, "expires_in": 3600,
                "access_token": format!("s3cret-{number}"), "scope": "okta.users.read" }),
        )
    }

    fn resource(&self, it: &Heard, origin: &str) -> Say {
        let (scheme, token) = it.header("authorization").unwrap().split_once(' ').unwrap();
        let number: usize = token.strip_prefix("s3cret-").unwrap().parse().unwrap();
        if number <= self.revoked.load(Ordering::SeqCst) {
            return Say::error(401, "E0000011", "");
        }
        if self.wants_dpop {
            assert_eq!(scheme, "DPoP");
            let proof = self.proof(it, origin).unwrap();
            assert!(self.is_now(&proof));
            assert_eq!(proof["ath"], BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
        } else {
            assert_eq!(scheme, "Bearer");
            assert_eq!(it.header("dpop"), None);
        }
        Say::json(200, &json!([]))
    }
}

fn verify(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Json {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Json>(token, key, &validation).unwrap().claims
}

async fn stage(gate: &Arc<Gate>) -> Stage {
    let gate = Arc::clone(gate);
    Stage::play(move |it, _| gate.answer(it)).await
}

#[tokio::test]
async fn a_service_app_gets_in_with_either_kind_of_key() {
    for pem in [rsa_pem(), ec_pem()] {
        let gate = Gate::new(&pem, false);
        let stage = stage(&gate).await;
        let client = stage.client_with(service(&pem), Settings::default());
        let reader = client.reader();
        let (users, groups) = tokio::join!(reader.users(), reader.groups());
        users.unwrap();
        groups.unwrap();
        assert_eq!((client.calls().made, client.calls().token), (2, 1), "one token for all");
        // What Okta granted, not what we asked for.
        let scopes = reader.granted_scopes().await.unwrap().unwrap();
        assert_eq!(scopes, BTreeSet::from(["okta.users.read".into()]));
    }
}

#[tokio::test]
async fn an_app_that_wants_dpop_gets_proofs_with_its_nonce() {
    let pem = rsa_pem();
    let gate = Gate::new(&pem, true);
    let stage = stage(&gate).await;
    let client = stage.client_with(service(&pem), Settings::default());
    client.reader().users().await.unwrap();
    client.reader().groups().await.unwrap();
    assert_eq!(client.calls().token, 3, "without proof, without nonce, right");
    // The second token needs no more lessons.
    gate.revoked.store(1, Ordering::SeqCst);
    client.reader().users().await.unwrap();
    assert_eq!(client.calls().token, 4);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let pem = rsa_pem();
    let gate = Gate::new(&pem, false);
    let stage = stage(&gate).await;
    let client = stage.client_with(service(&pem), Settings::default());
    client.reader().users().await.unwrap();
    gate.revoked.store(99, Ordering::SeqCst);
    let error = client.reader().users().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert_discreet(&error);
    assert_eq!((client.calls().made, client.calls().token), (3, 2));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    static CLOCK: AtomicI64 = AtomicI64::new(NOW);
    let pem = rsa_pem();
    let gate = Gate::new(&pem, false);
    let stage = stage(&gate).await;
    let org_url = BaseUrl::parse(&stage.origin).unwrap();
    let clock = || Timestamp::from_second(CLOCK.load(Ordering::SeqCst)).unwrap();
    let credentials = Credentials { org_url, auth: service(&pem) };
    let settings = Settings { patience: HASTY, ..Settings::default() };
    let client = Client::new(credentials, settings, clock).unwrap();
    for (minutes, tokens) in [(0, 1), (54, 1), (56, 2)] {
        CLOCK.store(NOW + minutes * 60, Ordering::SeqCst);
        gate.now.store(NOW + minutes * 60, Ordering::SeqCst);
        client.reader().users().await.unwrap();
        assert_eq!(client.calls().token, tokens, "after {minutes} minutes");
    }
}

#[tokio::test]
async fn a_machine_whose_clock_is_wrong_gets_in_by_oktas_time() {
    for hours in [-5, 5] {
        let pem = rsa_pem();
        let gate = Gate::new(&pem, true);
        gate.now.store(NOW + hours * 3600, Ordering::SeqCst);
        let stage = stage(&gate).await;
        let client = stage.client_with(service(&pem), Settings::default());
        client.reader().users().await.unwrap();
        assert_eq!(client.reader().skew().as_hours(), hours);
    }
}

#[tokio::test]
async fn a_key_that_okta_does_not_know_is_a_matter_for_the_administrator() {
    let pem = rsa_pem();
    let stage = Stage::play(|_, _| Say::json(401, &json!({ "error": "invalid_client" }))).await;
    let client = stage.client_with(service(&pem), Settings::default());
    let error = client.reader().users().await.unwrap_err();
    assert_eq!(error.to_string(), "okta gives us no access token: invalid_client");
    assert!(error.advice().unwrap().contains("client_id"));
    assert_eq!(client.calls().made, 0);
    assert_eq!(stage.heard().len(), 1);
}

#[tokio::test]
async fn a_revoked_api_token_is_not_tried_twice() {
    let stage = Stage::play(|_, _| Say::error(401, "E0000011", "")).await;
    let error = stage.client().reader().users().await.unwrap_err();
    assert!(error.advice().unwrap().contains("create a new one"));
    assert_eq!(stage.heard().len(), 1);
    assert_discreet(&error);
}

#[tokio::test]
async fn secrets_are_never_shown() {
    let pem = rsa_pem();
    let gate = Gate::new(&pem, true);
    let stage = stage(&gate).await;
    let auth = service(&pem);
    let shown = format!("{auth:?} {:?}", Auth::Token("s3cret".into()));
    let client = stage.client_with(auth, Settings::default());
    client.reader().users().await.unwrap();
    let shown = format!("{shown} {client:?} {:?} {:?}", client.reader(), client.writer());
    for secret in ["s3cret", "PRIVATE", "MII", "nonce-1"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let org_url = BaseUrl::parse(&stage.origin).unwrap();
    let auth = service(&"-----BEGIN PRIVATE KEY-----\ns3cret\n".into());
    let error =
        Client::new(Credentials { org_url, auth }, Settings::default(), machine_clock).unwrap_err();
    assert_discreet(&error);
    assert!(error.advice().is_some());
}

//! Gets us in: an API token, or access tokens from the org's token endpoint.
//!
//! **DPoP is found out, not configured.** The first request goes without a proof. An app that
//! wants one says so by 400 `invalid_dpop_proof` (a recorded answer), and from then on every
//! request carries one. The other way round, a proof that was not asked for binds the token all
//! the same, and every call would pay for an RSA signature; and an app without DPoP never needs
//! the RSA key, which takes longest of all to make. The price is one call per process.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder, header::HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    Auth, answer,
    bucket::Bucket,
    budget::Priority,
    error::{Attempt, Error, Subject},
    jwt::{ClientKey, Proof, ProofKey, Unusable},
    line::Line,
};
use crate::doors::http::{Answer, TransportError};

const TOKEN_PATH: &str = "/oauth2/v1/token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// A token lasts an hour. Renewed five minutes early, no call that waits for its bucket comes
/// too late with it.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// A clock this wrong explains a refused signature.
const SUSPICIOUS_SKEW: SignedDuration = SignedDuration::from_secs(30);
/// Okta's own steps are three at most: without proof, without nonce, right. The rest is patience.
const MOST_STEPS: u32 = 8;

/// What calls carry to get in.
#[derive(Debug)]
pub(super) struct Pass {
    scheme: Scheme,
    secret: SecretString,
    /// What the token is good for; `None` for an API token, which has its creator's rights.
    pub(super) scopes: Option<BTreeSet<Arc<str>>>,
    good_until: Timestamp,
}

#[derive(Debug)]
enum Scheme {
    Ssws,
    Bearer,
    DPoP(Arc<ProofKey>),
}

/// Hands out passes and renews them.
pub(super) struct Desk {
    kind: Kind,
    current: tokio::sync::Mutex<Option<Arc<Pass>>>,
    proof_key: Mutex<Option<Arc<ProofKey>>>,
    /// Good for days, and for the token endpoint alone until a resource asks for one too.
    token_nonce: Mutex<Option<String>>,
    resource_nonce: Mutex<Option<String>>,
}

enum Kind {
    ApiToken(Arc<Pass>),
    Service { client_id: String, key: ClientKey, scopes: Vec<String> },
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// A token endpoint's good answer (reference/okta.md, section 7.2).
#[derive(Deserialize)]
struct Granted {
    token_type: String,
    access_token: String,
    expires_in: i64,
    #[serde(default)]
    scope: String,
}

impl Desk {
    pub(super) fn new(auth: Auth) -> Result<Self, Error> {
        let kind = match auth {
            Auth::Token(secret) => Kind::ApiToken(Arc::new(Pass {
                scheme: Scheme::Ssws,
                secret,
                scopes: None,
                good_until: Timestamp::MAX,
            })),
            Auth::PrivateKey { client_id, key_id, private_key_pem, scopes } => {
                let key = ClientKey::parse(&private_key_pem, key_id.as_deref())
                    .map_err(|Unusable| Error::BadKey)?;
                Kind::Service { client_id, key, scopes }
            }
        };
        Ok(Self {
            kind,
            current: tokio::sync::Mutex::default(),
            proof_key: Mutex::default(),
            token_nonce: Mutex::default(),
            resource_nonce: Mutex::default(),
        })
    }

    /// A pass that is good now; the same one for everybody.
    pub(super) async fn pass(&self, line: &Line) -> Result<Arc<Pass>, Error> {
        let (client_id, key, scopes) = match &self.kind {
            Kind::ApiToken(pass) => return Ok(Arc::clone(pass)),
            Kind::Service { client_id, key, scopes } => (client_id, key, scopes),
        };
        // The lock is held while a token is fetched: eight calls at once need one token, not eight.
        let mut current = self.current.lock().await;
        if let Some(pass) = current.as_ref().filter(|it| line.clock.now() < it.good_until) {
            return Ok(Arc::clone(pass));
        }
        let pass = Arc::new(self.fetch(line, client_id, key, scopes).await?);
        *current = Some(Arc::clone(&pass));
        Ok(pass)
    }

    /// Okta answered 401 to `used`. Returns whether a fresh pass can be had.
    pub(super) async fn drop_pass(&self, used: &Arc<Pass>, answer: &Answer) -> bool {
        if matches!(self.kind, Kind::ApiToken(_)) {
            return false;
        }
        if let Some(nonce) = answer.header("dpop-nonce") {
            set(&self.resource_nonce, nonce);
        }
        let mut current = self.current.lock().await;
        // Somebody else may have renewed it in the meantime: then that one is to be tried.
        if current.as_ref().is_some_and(|it| Arc::ptr_eq(it, used)) {
            *current = None;
        }
        true
    }

    /// Puts the pass on a call.
    pub(super) fn stamp(
        &self,
        line: &Line,
        pass: &Pass,
        method: &Method,
        url: &url::Url,
        request: RequestBuilder,
    ) -> Result<RequestBuilder, Error> {
        let secret = pass.secret.expose_secret();
        let (text, proof) = match &pass.scheme {
            Scheme::Ssws => (format!("SSWS {secret}"), None),
            Scheme::Bearer => (format!("Bearer {secret}"), None),
            Scheme::DPoP(key) => {
                let nonce = get(&self.resource_nonce);
                let proof = Proof {
                    method: method.as_str(),
                    url,
                    nonce: nonce.as_deref(),
                    access_token: Some(&pass.secret),
                };
                let proof = key.sign(proof, line.clock.now()).map_err(|Unusable| Error::BadKey)?;
                (format!("DPoP {secret}"), Some(proof))
            }
        };
        // A token with a line break in it is a typing error in the credentials.
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| Error::NoToken { problem: "unprintable_token".into() })?;
        value.set_sensitive(true);
        let request = request.header("authorization", value);
        Ok(match proof {
            Some(proof) => request.header("dpop", proof),
            None => request,
        })
    }

    async fn fetch(
        &self,
        line: &Line,
        client_id: &str,
        key: &ClientKey,
        scopes: &[String],
    ) -> Result<Pass, Error> {
        let attempt = Attempt { operation: "get an access token", subject: Subject::Org };
        let url = line.base.join(TOKEN_PATH);
        let scope = scopes.join(" ");
        let mut clock_was_corrected = false;
        for step in 0..MOST_STEPS {
            let skew = line.clock.skew();
            let proof_key = self.proof_key.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let nonce = get(&self.token_nonce);
            let build = || {
                let now = line.clock.now();
                // Both are single-use, so both are new for every step.
                let assertion = key
                    .assertion(client_id, url.as_str(), now)
                    .map_err(|Unusable| Error::BadKey)?;
                let form = [
                    ("grant_type", "client_credentials"),
                    ("scope", &scope),
                    ("client_assertion_type", ASSERTION_TYPE),
                    ("client_assertion", &assertion),
                ];
                let request =
                    line.http.post(url.clone()).header("accept", "application/json").form(&form);
                let Some(proof_key) = &proof_key else { return Ok(request) };
                let proof = Proof {
                    method: "POST",
                    url: &url,
                    nonce: nonce.as_deref(),
                    access_token: None,
                };
                let proof = proof_key.sign(proof, now).map_err(|Unusable| Error::BadKey)?;
                Ok(request.header("dpop", proof))
            };
            let sent = line.exchange(&attempt, Bucket::Token, Priority::Urgent, false, build).await;
            let answer = match sent? {
                Ok(answer) => answer,
                Err(source @ TransportError::TooLarge { .. }) => {
                    return Err(Error::Unreachable { attempt, source });
                }
                // Asking twice for a token harms nobody.
                Err(source) if step + 1 == MOST_STEPS => {
                    return Err(Error::Unreachable { attempt, source });
                }
                Err(_) => {
                    line.back_off(&attempt, step).await?;
                    continue;
                }
            };
            if answer.status.is_success() {
                let granted: Granted = answer::decode(&attempt, &answer)?;
                return self.pass_of(line, granted, proof_key);
            }
            match (answer.status.as_u16(), answer::oauth_problem(&answer).as_deref()) {
                (_, Some("use_dpop_nonce")) => {
                    let Some(nonce) = answer.header("dpop-nonce") else {
                        return Err(Error::NoToken { problem: "use_dpop_nonce".into() });
                    };
                    set(&self.token_nonce, nonce);
                    self.make_proof_key().await?;
                }
                (_, Some("invalid_dpop_proof")) if proof_key.is_none() => {
                    self.make_proof_key().await?;
                }
                // The answer's Date has just corrected our clock: sign again with the right time.
                (_, Some("invalid_client" | "invalid_dpop_proof"))
                    if !clock_was_corrected
                        && (line.clock.skew() - skew).abs() > SUSPICIOUS_SKEW =>
                {
                    clock_was_corrected = true;
                }
                (429 | 500 | 502 | 503 | 504, _) if step + 1 < MOST_STEPS => {
                    line.back_off(&attempt, step).await?;
                }
                (400..500, Some(problem)) => {
                    return Err(Error::NoToken { problem: problem.into() });
                }
                _ => {
                    let full_in = line.governor.full_in(Bucket::Token);
                    return Err(answer::failure(attempt, false, &answer, full_in));
                }
            }
        }
        Err(Error::NoToken { problem: "too_many_steps".into() })
    }

    fn pass_of(
        &self,
        line: &Line,
        granted: Granted,
        proof_key: Option<Arc<ProofKey>>,
    ) -> Result<Pass, Error> {
        let Granted { token_type, access_token, expires_in, scope } = granted;
        let scheme = match proof_key {
            Some(key) if token_type.eq_ignore_ascii_case("DPoP") => Scheme::DPoP(key),
            Some(_) | None if token_type.eq_ignore_ascii_case("Bearer") => Scheme::Bearer,
            Some(_) | None => return Err(Error::NoToken { problem: "unknown_token_type".into() }),
        };
        let lifetime = SignedDuration::from_secs(expires_in.clamp(0, 86_400));
        let good_for = (lifetime - RENEW_BEFORE).max(lifetime / 2);
        Ok(Pass {
            scheme,
            secret: access_token.into(),
            scopes: Some(scope.split_whitespace().map(Arc::from).collect()),
            good_until: line.clock.now().checked_add(good_for).unwrap_or(Timestamp::MIN),
        })
    }

    async fn make_proof_key(&self) -> Result<(), Error> {
        if self.proof_key.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        // Making it keeps a core busy for a while; the other calls go on meanwhile.
        let key = tokio::task::spawn_blocking(ProofKey::generate).await;
        let key = key.map_err(|_| Error::BadKey)?.map_err(|Unusable| Error::BadKey)?;
        *self.proof_key.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key));
        Ok(())
    }
}

fn get(nonce: &Mutex<Option<String>>) -> Option<String> {
    nonce.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set(nonce: &Mutex<Option<String>>, value: &str) {
    *nonce.lock().unwrap_or_else(PoisonError::into_inner) = Some(value.to_owned());
}

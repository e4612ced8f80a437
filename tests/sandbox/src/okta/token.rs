//! `POST /oauth2/v1/token`: client credentials with a signed assertion, with or without DPoP.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    ask::{Answer, Ask},
    credentials::{AccessToken, Nonce},
    jose,
    org::Org,
};

/// Fixed, and there is no refresh token.
const LIFETIME: Duration = Duration::from_secs(3_600);
/// A nonce is renewed after a day; the one before it stays good.
const NONCE_LIFETIME: Duration = Duration::from_secs(24 * 3_600);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An OAuth refusal: status, word, text.
struct Refusal(u16, &'static str, String);

impl Refusal {
    fn client(text: &str) -> Self {
        Self(401, "invalid_client", text.to_owned())
    }
    fn proof(text: &str) -> Self {
        Self(400, "invalid_dpop_proof", text.to_owned())
    }
}

impl Org {
    /// Issues a token, or refuses in OAuth's own words.
    pub(crate) fn issue_token(&mut self, ask: &Ask) -> Answer {
        self.try_issue(ask).unwrap_or_else(|Refusal(status, word, text)| {
            let nonce = self.nonce();
            let res = Answer::ok(json!({"error": word, "error_description": text})).status(status);
            if word == "use_dpop_nonce" { res.header("dpop-nonce", nonce) } else { res }
        })
    }

    fn try_issue(&mut self, ask: &Ask) -> Result<Answer, Refusal> {
        let form: BTreeMap<String, String> =
            url::form_urlencoded::parse(&ask.body).into_owned().collect();
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if field("grant_type") != "client_credentials" {
            let text = "The authorization grant type is not supported by the authorization server.";
            return Err(Refusal(400, "unsupported_grant_type", text.to_owned()));
        }
        let url = format!("{}{}", ask.base, ask.path);
        let id = self.client_of(field("client_assertion_type"), field("client_assertion"), &url)?;
        let client = self.clients[&id].clone();
        let proof = match ask.header("dpop") {
            None if client.dpop => {
                return Err(Refusal::proof("The DPoP proof JWT header is missing."));
            }
            None => None,
            Some(it) => {
                let proof = jose::proof(it, "POST", &url).map_err(Refusal::proof)?;
                if !self.spent.insert(proof.jti.clone()) {
                    return Err(Refusal::proof("The DPoP proof JWT has already been used."));
                }
                if !self.nonce_is_good(proof.nonce.as_deref()) {
                    let text = "Authorization server requires nonce in DPoP proof.";
                    return Err(Refusal(400, "use_dpop_nonce", text.to_owned()));
                }
                Some(proof)
            }
        };
        let wanted: Vec<String> = field("scope").split_whitespace().map(str::to_owned).collect();
        let granted: Vec<String> =
            wanted.iter().filter(|it| client.scopes.contains(it)).cloned().collect();
        let drops = self.options.unconfirmed.ungranted_scopes_are_dropped;
        if granted.is_empty() || (granted.len() < wanted.len() && !drops) {
            let text =
                "One or more scopes are not configured for the authorization server resource.";
            return Err(Refusal(400, "invalid_scope", text.to_owned()));
        }
        let token = format!("eyJ.{}", self.ids.word(64));
        let expires = Instant::now() + LIFETIME;
        let bound_to = proof.map(|it| it.thumbprint);
        let kind = if bound_to.is_some() { "DPoP" } else { "Bearer" };
        let scope = granted.join(" ");
        self.access_tokens
            .insert(token.clone(), AccessToken { client: id, scopes: granted, expires, bound_to });
        Ok(Answer::ok(json!({
            "token_type": kind, "expires_in": LIFETIME.as_secs(),
            "access_token": token, "scope": scope,
        })))
    }

    /// The client that signed an assertion.
    ///
    /// The assertion is spent as soon as its signature is right, also when the request then
    /// fails: a client that answers the nonce challenge must sign a new one.
    fn client_of(&mut self, kind: &str, assertion: &str, url: &str) -> Result<String, Refusal> {
        if kind != ASSERTION_TYPE || assertion.is_empty() {
            return Err(Refusal::client(
                "Client authentication failed. Either the client or the client credentials are invalid.",
            ));
        }
        let claimed: serde_json::Value =
            jsonwebtoken::dangerous::insecure_decode(assertion).map_or(json!(null), |it| it.claims);
        let id = claimed["iss"].as_str().unwrap_or_default();
        let client = self
            .clients
            .get(id)
            .ok_or_else(|| Refusal::client("The client_id in the client_assertion is invalid."))?;
        let claims = jose::verified(assertion, &client.keys).map_err(Refusal::client)?;
        if claims["sub"] != claims["iss"] {
            return Err(Refusal::client("The 'sub' and 'iss' claims must both be the client_id."));
        }
        let audience = claims["aud"]
            .as_array()
            .map_or_else(|| claims["aud"] == url, |several| several.iter().any(|it| it == url));
        if !audience {
            let text = "The audience claim for client_assertion must be the endpoint invoked for the request.";
            return Err(Refusal::client(text));
        }
        jose::check_times(&claims).map_err(Refusal::client)?;
        if let Some(jti) = claims["jti"].as_str()
            && !self.spent.insert(format!("{id} {jti}"))
        {
            return Err(Refusal::client("The client_assertion token has already been used."));
        }
        Ok(id.to_owned())
    }

    /// The nonce to hand out now.
    fn nonce(&mut self) -> String {
        let previous = match &self.nonce {
            Some(it) if it.made.elapsed() < NONCE_LIFETIME => return it.value.clone(),
            Some(it) => Some(it.value.clone()),
            None => None,
        };
        let value = self.ids.word(32);
        self.nonce = Some(Nonce { value: value.clone(), previous, made: Instant::now() });
        value
    }

    fn nonce_is_good(&mut self, nonce: Option<&str>) -> bool {
        self.nonce();
        let Some(Nonce { value, previous, made: _ }) = &self.nonce else { return false };
        nonce.is_some_and(|it| it == value || Some(it) == previous.as_deref())
    }
}

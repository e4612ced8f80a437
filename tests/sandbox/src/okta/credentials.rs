//! What callers identify themselves with: API tokens, service apps, access tokens.

use std::time::Instant;

use jsonwebtoken::jwk::Jwk;
use serde_json::Value;

use super::{ids::Id, model::AdminRole};

/// An SSWS token.
#[derive(Clone, Debug)]
pub(crate) struct ApiToken {
    /// The user it dies with, if it has one.
    pub owner: Option<Id>,
}

/// An OAuth service app ("API Services").
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The public keys it may sign with.
    pub keys: Vec<Jwk>,
    /// The scopes it was granted.
    pub scopes: Vec<String>,
    /// Whether its tokens are bound to a DPoP key.
    pub dpop: bool,
    /// What it may do beyond its scopes.
    pub role: AdminRole,
}

/// A service app to register.
#[derive(Clone, Debug)]
pub struct SeedClient {
    /// `0oa…` or any other word.
    pub client_id: String,
    /// Its public key as a JWK, or a key set.
    pub public_key: Value,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// Whether token requests need DPoP. On for apps made in the Admin Console today.
    pub requires_dpop: bool,
    /// The admin role.
    pub role: AdminRole,
}

/// A token that was issued to a service app.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    /// Whose it is.
    pub client: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// Until when.
    pub expires: Instant,
    /// The thumbprint of the DPoP key it is bound to.
    pub bound_to: Option<String>,
}

/// The nonce DPoP proofs at the token endpoint must carry.
#[derive(Clone, Debug)]
pub(crate) struct Nonce {
    /// The value.
    pub value: String,
    /// The one before it, which is still good for three days in Okta and until the next here.
    pub previous: Option<String>,
    /// When it was made.
    pub made: Instant,
}

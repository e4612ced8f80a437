//! Who is calling: API tokens, Bearer and DPoP tokens at the resource.

use std::time::Instant;

use super::{ask::Ask, error::Problem, jose, model::AdminRole, org::Org};

/// Someone who was let in.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The name rate limits and the System Log know them by.
    pub name: String,
    /// The scopes of their token; `None` for an API token, which has its owner's rights.
    pub scopes: Option<Vec<String>>,
    /// What they may do beyond that.
    pub role: AdminRole,
}

impl Caller {
    /// Whether the token covers a scope. `manage` covers `read`.
    pub fn has_scope(&self, scope: &str) -> bool {
        let Some(scopes) = &self.scopes else { return true };
        let manage = scope.replace(".read", ".manage");
        scopes.iter().any(|it| it == scope || *it == manage)
    }
}

fn invalid_token() -> Problem {
    Problem::new(401, "E0000011", "Invalid token provided")
}

/// The status and the texts of DPoP refusals at the resource are documented, which status goes
/// with which text is not: callers should not depend on it.
fn bad_proof(text: &str) -> Problem {
    Problem::new(400, "invalid_dpop_proof", text)
}

impl Org {
    /// Lets a caller in, or says why not.
    pub(crate) fn authenticate(&mut self, ask: &Ask) -> Result<Caller, Problem> {
        let none = || Problem::new(403, "E0000005", "Invalid session");
        let header = ask.header("authorization").ok_or_else(none)?;
        // Okta's Python SDK 3.4 sends `SSWStoken`, without the blank, and works: so it is taken.
        let (scheme, token) = match header.strip_prefix("SSWS") {
            Some(token) => ("ssws", token),
            None => header.split_once(' ').ok_or_else(none)?,
        };
        let token = token.trim();
        match scheme.to_ascii_lowercase().as_str() {
            "ssws" => {
                self.api_tokens.get(token).ok_or_else(invalid_token)?;
                let name = format!("token {}", &token[..token.len().min(4)]);
                Ok(Caller { name, scopes: None, role: AdminRole::Super })
            }
            "bearer" => self.access(ask, token, Scheme::Bearer),
            "dpop" => self.access(ask, token, Scheme::Dpop),
            _ => Err(invalid_token()),
        }
    }

    fn access(&mut self, ask: &Ask, token: &str, scheme: Scheme) -> Result<Caller, Problem> {
        let it = self.access_tokens.get(token).ok_or_else(invalid_token)?.clone();
        if it.expires <= Instant::now() {
            self.access_tokens.remove(token);
            return Err(Problem::new(401, "E0000011", "The token has expired."));
        }
        match (&it.bound_to, scheme) {
            (None, _) => {}
            (Some(_), Scheme::Bearer) => {
                let text = "The resource request must use the DPoP authentication scheme.";
                return Err(Problem::new(401, "dpop_proof_required_for_token", text));
            }
            (Some(thumbprint), Scheme::Dpop) => {
                let text = "The DPoP proof JWT header is missing.";
                let proof = ask.header("dpop").ok_or_else(|| bad_proof(text))?;
                let url = format!("{}{}", ask.base, ask.path);
                let proof = jose::proof(proof, ask.method.as_str(), &url).map_err(bad_proof)?;
                if proof.thumbprint != *thumbprint {
                    return Err(bad_proof("The DPoP proof is not signed by the bound key."));
                }
                if proof.ath.as_deref() != Some(jose::hash(token).as_str()) {
                    return Err(bad_proof("The DPoP 'ath' claim value does not match."));
                }
                if !self.spent.insert(proof.jti) {
                    return Err(bad_proof("The DPoP proof JWT has already been used."));
                }
            }
        }
        let client = self.clients.get(&it.client).ok_or_else(invalid_token)?;
        Ok(Caller { name: it.client, scopes: Some(it.scopes), role: client.role })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

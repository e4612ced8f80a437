//! Reads `credentials.json`, which is also the value of the secret (design, section 9).
//!
//! Every mistake is told at once, by its path. Values never appear in a message.

mod webhook;

use std::fmt;

use secrecy::SecretString;
use serde_json::{Map, Value};

pub use webhook::{Algorithm, Encoding, Hmac, SecretHeader, Webhook};

use crate::doors::{
    http::BaseUrl,
    ledger::Signer,
    okta::{self, Auth},
    ukg,
};

/// What is needed to speak with both vendors.
#[derive(Debug)]
pub struct Credentials {
    /// For UKG Pro.
    pub ukg: ukg::Credentials,
    /// For Okta.
    pub okta: okta::Credentials,
    /// Signs the seals of the audit log, when there is a key for it.
    pub signer: Option<Signer>,
    /// How UKG's webhooks prove where they come from; only the function `hr-event` wants it.
    pub webhook: Option<Webhook>,
}

/// Everything that is wrong with the credentials.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadCredentials(pub Vec<String>);

impl fmt::Display for BadCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            write!(f, "{}credentials: {problem}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl Credentials {
    /// Reads the JSON text.
    ///
    /// # Errors
    /// With every missing, misspelt or unusable entry at once.
    pub fn parse(text: &str) -> Result<Self, BadCredentials> {
        let json: Value = serde_json::from_str(text).map_err(|error| {
            // serde's own message can quote the text around the mistake: say only where it is.
            let (line, column) = (error.line(), error.column());
            BadCredentials(vec![format!("not valid JSON at line {line}, column {column}")])
        })?;
        let mut form = Form::default();
        let root = form.object(&json, "", &["ukg", "okta", "audit", "webhook"]);
        let ukg = form.child(root, "ukg", &UKG_KEYS);
        let okta = form.child(root, "okta", &OKTA_KEYS);
        let webhook = root.and_then(|it| it.get("webhook"));
        let webhook = webhook.and_then(|it| webhook::read(&mut form, it));
        let ukg = read_ukg(&mut form, ukg);
        let okta = read_okta(&mut form, okta);
        let signer = read_signer(&mut form, root);
        match (ukg, okta) {
            (Some(ukg), Some(okta)) if form.problems.is_empty() => {
                Ok(Self { ukg, okta, signer, webhook })
            }
            _ => Err(BadCredentials(form.problems)),
        }
    }
}

const UKG_KEYS: [&str; 4] = ["base_url", "username", "password", "customer_api_key"];
const OKTA_KEYS: [&str; 6] =
    ["org_url", "api_token", "client_id", "key_id", "private_key_pem", "scopes"];

type Object<'a> = Option<&'a Map<String, Value>>;

/// Collects problems while a form is read.
#[derive(Default)]
struct Form {
    problems: Vec<String>,
}

impl Form {
    fn object<'a>(&mut self, json: &'a Value, path: &str, keys: &[&str]) -> Object<'a> {
        let Some(object) = json.as_object() else {
            let path = if path.is_empty() { "the whole file" } else { path };
            self.problems.push(format!("{path} must be an object"));
            return None;
        };
        for key in object.keys().filter(|it| !keys.contains(&it.as_str())) {
            let near = keys.iter().find(|it| strsim::jaro_winkler(it, key) > 0.85);
            let hint = near.map_or(String::new(), |it| format!("; did you mean {it:?}?"));
            let dot = if path.is_empty() { "" } else { "." };
            self.problems.push(format!("unknown key \"{path}{dot}{key}\"{hint}"));
        }
        Some(object)
    }

    fn child<'a>(&mut self, parent: Object<'a>, key: &str, keys: &[&str]) -> Object<'a> {
        match parent?.get(key) {
            Some(json) => self.object(json, key, keys),
            None => {
                self.problems.push(format!("\"{key}\" is missing"));
                None
            }
        }
    }

    fn text<'a>(&mut self, object: Object<'a>, path: &str) -> Option<&'a str> {
        let object = object?;
        let key = path.rsplit('.').next().unwrap_or(path);
        match object.get(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
            Some(_) => {
                self.problems.push(format!("\"{path}\" must be a text that is not empty"));
                None
            }
            None => {
                self.problems.push(format!("\"{path}\" is missing"));
                None
            }
        }
    }

    fn url(&mut self, object: Object<'_>, path: &str) -> Option<BaseUrl> {
        let text = self.text(object, path)?;
        match BaseUrl::parse(text) {
            Ok(url) => Some(url),
            Err(problem) => {
                self.problems.push(format!("\"{path}\" {problem}"));
                None
            }
        }
    }
}

fn read_ukg(form: &mut Form, ukg: Object<'_>) -> Option<ukg::Credentials> {
    let base_url = form.url(ukg, "ukg.base_url");
    let username = form.text(ukg, "ukg.username");
    let password = form.text(ukg, "ukg.password");
    let key = form.text(ukg, "ukg.customer_api_key");
    Some(ukg::Credentials {
        base_url: base_url?,
        username: username?.to_owned(),
        password: SecretString::from(password?),
        customer_api_key: SecretString::from(key?),
    })
}

fn read_okta(form: &mut Form, okta: Object<'_>) -> Option<okta::Credentials> {
    let org_url = form.url(okta, "okta.org_url");
    let object = okta?;
    let auth = if object.contains_key("api_token") {
        if object.contains_key("private_key_pem") {
            form.problems.push(
                "\"okta\" has both \"api_token\" and \"private_key_pem\"; keep one".to_owned(),
            );
        }
        form.text(okta, "okta.api_token").map(|it| Auth::Token(SecretString::from(it)))
    } else {
        read_private_key(form, object)
    };
    Some(okta::Credentials { org_url: org_url?, auth: auth? })
}

/// `audit.signing_key_pem`. Without it the log is chained and not signed.
fn read_signer(form: &mut Form, root: Object<'_>) -> Option<Signer> {
    root?.get("audit")?;
    let audit = form.child(root, "audit", &["signing_key_pem"]);
    let pem = form.text(audit, "audit.signing_key_pem")?;
    let signer = Signer::parse(&SecretString::from(pem));
    signer.map_err(|it| form.problems.push(format!("\"audit.signing_key_pem\" {it}"))).ok()
}

fn read_private_key(form: &mut Form, object: &Map<String, Value>) -> Option<Auth> {
    let okta = Some(object);
    let client_id = form.text(okta, "okta.client_id");
    let pem = form.text(okta, "okta.private_key_pem");
    let key_id = object.contains_key("key_id").then(|| form.text(okta, "okta.key_id")).flatten();
    let scopes: Option<Vec<String>> = match object.get("scopes") {
        None => Some(okta::DEFAULT_SCOPES.iter().map(|it| (*it).to_owned()).collect()),
        Some(Value::Array(items)) => {
            items.iter().map(|it| it.as_str().map(str::to_owned)).collect()
        }
        Some(
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_),
        ) => None,
    };
    if scopes.is_none() {
        form.problems.push("\"okta.scopes\" must be a list of texts".to_owned());
    }
    Some(Auth::PrivateKey {
        client_id: client_id?.to_owned(),
        key_id: key_id.map(str::to_owned),
        private_key_pem: SecretString::from(pem?),
        scopes: scopes?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn every_mistake_is_told_at_once_and_no_value_repeated() {
        let text = r#"{"ukg": {"base_url": "http://service5.ultipro.com", "user_name": "x",
            "password": "hunter2", "customer_api_key": ""}, "okta": {"org_url": "acme"}}"#;
        let problems = Credentials::parse(text).unwrap_err().to_string();
        expect![[r#"
            credentials: unknown key "ukg.user_name"; did you mean "username"?
            credentials: "ukg.base_url" must begin with https:// (http:// is allowed on this machine's loopback only)
            credentials: "ukg.username" is missing
            credentials: "ukg.customer_api_key" must be a text that is not empty
            credentials: "okta.org_url" is not a URL such as https://acme.okta.com
            credentials: "okta.client_id" is missing
            credentials: "okta.private_key_pem" is missing"#]]
        .assert_eq(&problems);
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = r#"{"ukg": {"base_url": "https://service5.ultipro.com", "username": "svc",
            "password": "hunter2", "customer_api_key": "K3Y5X"},
            "okta": {"org_url": "https://acme.okta.com", "api_token": "00secret"}}"#;
        let shown = format!("{:?}", Credentials::parse(text).unwrap());
        for secret in ["hunter2", "K3Y5X", "00secret"] {
            assert!(!shown.contains(secret));
        }
    }
}

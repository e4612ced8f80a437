//! Everything a function works with: opened once, before the first event.

use std::{path::Path, sync::Arc};

use aws_config::SdkConfig;
use jiff::{Timestamp, ToSpan};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::{
    failure::Failure,
    settings::{Settings, TOPICS},
};
#[cfg(feature = "ses")]
use crate::doors::outbox::Mail;
use crate::{
    deciders::{policy::Policy, report::Report},
    doors::{
        aws,
        ledger::{DynamoDb, Ledger, PlanState},
        outbox::{Outbox, Topics},
        secret::Secret,
    },
    flows::{self, Office, Request},
    shell::{self, credentials::Credentials},
    words::{flow::Flow, ids::PlanId, notice::Audience},
};

/// How long an approval by payload counts. The run that it is for begins at once; this is for
/// what that run has no time for.
const APPROVAL_HOURS: i64 = 24;

/// A function's desk.
pub(super) struct Desk {
    settings: Settings,
    sdk: SdkConfig,
    secret: Secret,
    policy: String,
    ledger: Ledger,
    outbox: Outbox,
    open: Mutex<Open>,
}

/// What the secret opens.
#[derive(Clone)]
struct Open {
    text: Arc<SecretString>,
    office: Arc<Office>,
}

impl Desk {
    /// Opens everything: the policy is compiled, the secret read, the table looked at.
    ///
    /// # Errors
    /// By the name of what cannot be used.
    pub(super) async fn open(settings: Settings) -> Result<Self, Failure> {
        let sdk = aws::settings().await;
        let text = read_policy(&settings.policy)?;
        let policy = compile(&settings.policy, &text)?;
        let missing = missing_topics(&policy, &settings);
        if !missing.is_empty() {
            return Err(Failure::settings(missing));
        }
        let secret = Secret::new(&sdk, &settings.secret);
        let (secret_text, store) =
            tokio::join!(secret.read(), DynamoDb::open_with(&sdk, &settings.table),);
        let ledger = Ledger::new(Arc::new(store.map_err(|it| Failure::ledger(&it))?));
        let outbox = outbox(&sdk, &settings)?;
        let secret_text = secret_text.map_err(|it| Failure::secret(&it))?;
        let office = office(policy, &secret_text, &ledger, &outbox)?;
        let open = Open { text: Arc::new(secret_text), office: Arc::new(office) };
        Ok(Self { settings, sdk, secret, policy: text, ledger, outbox, open: Mutex::new(open) })
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The office as it is open now.
    pub(super) async fn office(&self) -> Arc<Office> {
        Arc::clone(&self.open.lock().await.office)
    }

    /// The text of the secret as it was read last.
    pub(super) async fn secret(&self) -> Arc<SecretString> {
        Arc::clone(&self.open.lock().await.text)
    }

    /// Runs a flow; once more if a vendor does not know the credentials and the secret has other
    /// ones by now.
    ///
    /// # Errors
    /// When the run could not go on.
    pub(super) async fn run(&self, request: &Request) -> Result<Report, Failure> {
        let office = self.office().await;
        // Boxed: a run is a large future, and everything around it is made of it.
        match Box::pin(flows::run(&office, request)).await {
            Err(error) if error.is_about_credentials() && self.reopen().await? => {
                tracing::warn!("the credentials were rotated; running again with the new ones");
                let office = self.office().await;
                Box::pin(flows::run(&office, request)).await.map_err(|it| Failure::run(&it))
            }
            other => other.map_err(|it| Failure::run(&it)),
        }
    }

    /// Reads the secret again; whether it has changed.
    ///
    /// # Errors
    /// When it cannot be read or used.
    pub(super) async fn reopen(&self) -> Result<bool, Failure> {
        let text = self.secret.read().await.map_err(|it| Failure::secret(&it))?;
        let mut open = self.open.lock().await;
        if open.text.expose_secret() == text.expose_secret() {
            return Ok(false);
        }
        let policy = compile(&self.settings.policy, &self.policy)?;
        let office = office(policy, &text, &self.ledger, &self.outbox)?;
        *open = Open { text: Arc::new(text), office: Arc::new(office) };
        Ok(true)
    }

    /// Lets a held plan of this flow go on. An event that Lambda delivers twice approves once.
    ///
    /// # Errors
    /// When there is no such plan, or it does not wait, or it is another flow's.
    pub(super) async fn approve(
        &self,
        id: &PlanId,
        flow: Flow,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let failed = |it| Failure::ledger(&it);
        let Some(plan) = self.ledger.plan(id, now).await.map_err(failed)? else {
            return Err(Failure::plan(id, "is not in the ledger"));
        };
        if plan.flow != flow.as_str() {
            return Err(Failure::plan(id, &format!("is for {}: approve it there", plan.flow)));
        }
        match plan.state {
            PlanState::Approved { .. } => return Ok(()),
            PlanState::Held => {}
            PlanState::Applied { .. } | PlanState::Rejected { .. } | PlanState::Expired => {
                return Err(Failure::plan(id, &format!("is {} already", plan.state.as_str())));
            }
        }
        let until = now.checked_add(APPROVAL_HOURS.hours()).unwrap_or(plan.expires);
        let until = until.min(plan.expires);
        let why = "approved by the payload of a Lambda function";
        self.ledger.approve_plan(id, by, why, now, until).await.map_err(failed)?;
        Ok(())
    }
}

fn read_policy(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Failure::settings(vec![format!("ROLLCALL_POLICY: {path} cannot be read: {error}")])
    })
}

fn compile(path: &Path, text: &str) -> Result<Policy, Failure> {
    let file = path.display().to_string();
    Policy::compile(&file, text).map_err(|it| Failure::settings(vec![it.to_string()]))
}

fn outbox(sdk: &SdkConfig, settings: &Settings) -> Result<Outbox, Failure> {
    let topics = Topics::new(sdk, settings.topics.clone());
    let Some(sender) = &settings.sender else { return Ok(Outbox::Sns(topics)) };
    #[cfg(feature = "ses")]
    {
        Ok(Outbox::SnsAndSes(topics, Mail::new(sdk, sender)))
    }
    #[cfg(not(feature = "ses"))]
    Err(Failure::settings(vec![format!(
        "ROLLCALL_SENDER is {sender}, and this program was built without the feature \"ses\""
    )]))
}

fn office(
    policy: Policy,
    secret: &SecretString,
    ledger: &Ledger,
    outbox: &Outbox,
) -> Result<Office, Failure> {
    let wrong = |it: String| Failure::settings(vec![format!("ROLLCALL_SECRET_ID: {it}")]);
    let credentials =
        Credentials::parse(secret.expose_secret()).map_err(|it| wrong(it.to_string()))?;
    shell::office(policy, credentials, ledger.clone(), outbox.clone())
        .map_err(|it| wrong(it.to_string()))
}

/// Every audience that the policy speaks to and the environment names no topic for.
fn missing_topics(policy: &Policy, settings: &Settings) -> Vec<String> {
    let notices = &policy.notices;
    let is_told = |audience| match audience {
        Audience::It => notices.it,
        Audience::Hr => notices.hr,
        Audience::Security => notices.security,
        Audience::Manager => notices.manager,
    };
    let missing = TOPICS
        .iter()
        .filter(|(audience, _)| is_told(*audience) && !settings.topics.contains_key(audience));
    missing
        .map(|(audience, name)| {
            let word = audience.as_str();
            format!("{name} is not set, and the policy speaks to {word} (notices.{word})")
        })
        .collect()
}

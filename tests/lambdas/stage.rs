//! A company, AWS around Rollcall, and the functions.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::deciders::policy;
use rollcall_sandbox::{
    company::hr::{self, Leaving, NewHire},
    okta::Status,
    town::{Options, Town},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    aws::{Aws, SECRET, TABLE},
    runtime::{Answer, Function},
};

/// A Monday.
pub const TODAY: Date = jiff::civil::date(2026, 3, 2);

/// The flows, leavers first, as `run all` has them.
pub const FLOWS: [&str; 6] =
    ["offboarding", "contractor", "new-hire", "profile-sync", "org-sync", "mfa-policy"];

/// Where a function's binary is.
pub fn program(function: &str) -> &'static str {
    match function {
        "offboarding" => env!("CARGO_BIN_EXE_offboarding"),
        "contractor" => env!("CARGO_BIN_EXE_contractor"),
        "new-hire" => env!("CARGO_BIN_EXE_new-hire"),
        "profile-sync" => env!("CARGO_BIN_EXE_profile-sync"),
        "org-sync" => env!("CARGO_BIN_EXE_org-sync"),
        "mfa-policy" => env!("CARGO_BIN_EXE_mfa-policy"),
        "hr-event" => env!("CARGO_BIN_EXE_hr-event"),
        other => panic!("there is no function {other}"),
    }
}

/// Everything.
pub struct Stage {
    /// UKG and Okta.
    pub town: Town,
    /// DynamoDB, Secrets Manager, SNS and SQS.
    pub aws: Aws,
    folder: TempDir,
}

impl Stage {
    /// Thirty people with accounts made by hand, whom Rollcall has never seen.
    pub async fn untouched() -> Self {
        let town = Town::start(Options::new(30, 7, TODAY)).await.unwrap();
        let mut secret = town.credentials();
        secret["webhook"] = webhook();
        let aws = Aws::start(&secret).await;
        let folder = TempDir::new().unwrap();
        let stage = Self { town, aws, folder };
        stage.write_policy(policy::EXAMPLE);
        stage
    }

    /// The same after the flows have linked everybody and brought them in line.
    pub async fn settled() -> Self {
        let stage = Self::untouched().await;
        for flow in FLOWS.repeat(2) {
            stage.run(flow).await;
        }
        stage
    }

    /// Puts a policy where the layer has it.
    pub fn write_policy(&self, text: &str) {
        std::fs::write(self.folder.path().join("rollcall.yaml"), text).unwrap();
    }

    /// The environment that `infra/` gives to every function.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let topic = |name: &str| format!("arn:aws:sns:eu-west-1:000000000000:rollcall-{name}");
        let policy = self.folder.path().join("rollcall.yaml").display().to_string();
        [
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_ENDPOINT_URL", self.aws.others.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.aws.dynamodb.clone()),
            ("ROLLCALL_SECRET_ID", SECRET.to_owned()),
            ("ROLLCALL_TABLE", TABLE.to_owned()),
            ("ROLLCALL_TOPIC_IT", topic("it")),
            ("ROLLCALL_TOPIC_HR", topic("hr")),
            ("ROLLCALL_TOPIC_SECURITY", topic("security")),
            ("ROLLCALL_TOPIC_MANAGER", topic("manager")),
            ("ROLLCALL_POLICY", policy),
            ("ROLLCALL_EVENT_QUEUE", format!("{}/queue", self.aws.others)),
            // The company lives in March 2026.
            ("ROLLCALL_TIME_TRAVEL", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Starts a function.
    pub async fn function(&self, name: &str) -> Function {
        self.function_with(name, |_| {}).await
    }

    /// Starts a function with another environment.
    pub async fn function_with(
        &self,
        name: &str,
        edit: impl FnOnce(&mut BTreeMap<String, String>),
    ) -> Function {
        let mut environment = self.environment();
        edit(&mut environment);
        let environment: Vec<_> = environment.into_iter().collect();
        Function::start(program(name), &environment).await
    }

    /// The company's instant.
    pub fn now(&self) -> Timestamp {
        self.town.clock.now()
    }

    /// Moves everybody's clock.
    pub fn at(&self, instant: &str) {
        self.town.clock.set(instant.parse().unwrap());
    }

    /// A payload for the company's instant, with more fields.
    pub fn payload(&self, more: Value) -> Value {
        let mut res = json!({ "as_of": self.now().to_string() });
        for (name, value) in more.as_object().unwrap() {
            res[name] = value.clone();
        }
        res
    }

    /// Invokes a function that is started for it.
    pub async fn invoke(&self, function: &str, more: Value) -> Answer {
        self.function(function).await.invoke(self.payload(more)).await
    }

    /// One run of a flow for the company's instant.
    pub async fn run(&self, flow: &str) -> Value {
        self.invoke(flow, json!({})).await.done()
    }

    /// Somebody ordinary who resigned with this last day.
    pub fn leaver(&self, last_day: Date) -> String {
        let person = self.someone();
        self.town.ukg.hr(|company| hr::terminate(company, &person, Leaving::resigned(last_day)));
        person
    }

    /// Hires an employee who starts today.
    pub fn joiner(&self) -> String {
        self.hire(4242, "REG", None)
    }

    /// Hires a contractor who starts today, in a zone in which the company's instant is today.
    pub fn contractor_until(&self, end: Date) -> String {
        self.hire(4343, "CON", Some(end))
    }

    fn hire(&self, seed: u64, kind: &str, end: Option<Date>) -> String {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        self.town.ukg.hr(|company| {
            let hire = NewHire {
                location: "LON1".to_owned(),
                employee_type: kind.to_owned(),
                contract_end: end,
                ..NewHire::plausible(company, TODAY, &mut random)
            };
            hr::hire(company, hire).person_id.unwrap()
        })
    }

    /// Somebody ordinary: an employee who leads nobody, has an open account and did not resign.
    pub fn someone(&self) -> String {
        let everybody: Vec<String> = self.town.ukg.hr(|company| {
            let here: Vec<_> = company.people_here_on(jiff::civil::date(2026, 4, 1)).collect();
            let leads = |id: &str| here.iter().any(|it| it.manager_person_id == Some(id));
            let ordinary = here.iter().filter(|it| !it.is_contractor && !leads(it.person_id));
            let mut ids: Vec<String> = ordinary.map(|it| it.person_id.to_owned()).collect();
            ids.sort();
            ids
        });
        let active = everybody.into_iter().find(|it| self.status(it) == Some(Status::Active));
        active.expect("the company has somebody like this")
    }

    /// The status of a person's account.
    pub fn status(&self, person: &str) -> Option<Status> {
        let org = self.town.okta.org();
        let user = org
            .users()
            .find(|it| it.profile.get("ukgPersonId").and_then(Value::as_str) == Some(person))?;
        Some(user.status)
    }

    /// After a round of everything, nothing is left to do: no step in any flow, no write to Okta,
    /// no message.
    pub async fn assert_converged(&self) {
        for flow in FLOWS {
            self.run(flow).await;
        }
        let before = self.aws.published().len();
        self.town.okta.wire().forget();
        for flow in FLOWS {
            let report = self.run(flow).await;
            assert_eq!(kinds(&report), Vec::<String>::new(), "{flow} is not done: {report:#}");
        }
        assert_eq!(self.town.okta.wire().writes(), []);
        assert_eq!(self.aws.published().len(), before, "a silent run sent mail");
    }
}

/// How the company's webhooks prove where they come from.
fn webhook() -> Value {
    json!({
        "tenant": "G0311",
        "hmac": { "header": "X-Example-Signature", "secret": "twenty-four-characters-or-more" },
        "header": { "name": "X-Rollcall-Key", "value": "sesame" },
    })
}

/// The kinds of the actions of an answer, in order.
pub fn kinds(report: &Value) -> Vec<String> {
    let actions = report["actions"].as_array().unwrap().iter();
    actions.map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
}

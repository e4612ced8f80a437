//! What a function is told by its environment, read once.

use std::{collections::BTreeMap, path::PathBuf};

use crate::words::notice::Audience;

/// The variables of a topic, by audience.
pub(super) const TOPICS: [(Audience, &str); 4] = [
    (Audience::It, "ROLLCALL_TOPIC_IT"),
    (Audience::Hr, "ROLLCALL_TOPIC_HR"),
    (Audience::Security, "ROLLCALL_TOPIC_SECURITY"),
    (Audience::Manager, "ROLLCALL_TOPIC_MANAGER"),
];

/// A function's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// `ROLLCALL_SECRET_ID`: the name or ARN of the secret.
    pub(super) secret: String,
    /// `ROLLCALL_TABLE`: the table that holds the ledger.
    pub(super) table: String,
    /// `ROLLCALL_POLICY`: where the policy is.
    pub(super) policy: PathBuf,
    /// `ROLLCALL_TOPIC_...`: where messages go. Whether one is missing, the policy says.
    pub(super) topics: BTreeMap<Audience, String>,
    /// `ROLLCALL_SENDER`: in whose name a manager gets a letter of his or her own, by SES. Without
    /// it, managers' messages go to their topic.
    pub(super) sender: Option<String>,
    /// `ROLLCALL_TIME_TRAVEL=1`: a payload may move the clock and apply.
    pub(super) may_travel: bool,
    /// `ROLLCALL_EVENT_QUEUE`: where webhooks wait; for hr-event alone.
    pub(super) queue: Option<String>,
}

/// The variables that are set.
#[expect(clippy::disallowed_methods, reason = "the edge is where settings are read")]
pub(super) fn environment() -> BTreeMap<String, String> {
    let names = ["ROLLCALL_SECRET_ID", "ROLLCALL_TABLE", "ROLLCALL_POLICY", "ROLLCALL_EVENT_QUEUE"]
        .into_iter()
        .chain(TOPICS.map(|(_, name)| name))
        .chain(["ROLLCALL_SENDER", "ROLLCALL_TIME_TRAVEL"]);
    names.filter_map(|it| Some((it.to_owned(), std::env::var(it).ok()?))).collect()
}

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// The name of every one that is missing.
    pub(super) fn read(variables: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        let get = |name: &str| variables.get(name).filter(|it| !it.trim().is_empty()).cloned();
        let mut problems = Vec::new();
        let mut need = |name: &str, what: &str| {
            get(name).unwrap_or_else(|| {
                problems.push(format!("{name} is not set: {what}"));
                String::new()
            })
        };
        let res = Self {
            secret: need("ROLLCALL_SECRET_ID", "the name or ARN of the secret with credentials"),
            table: need("ROLLCALL_TABLE", "the DynamoDB table that holds the ledger"),
            policy: need(
                "ROLLCALL_POLICY",
                "the path of the policy, /opt/rollcall.yaml in a layer",
            )
            .into(),
            topics: TOPICS.iter().filter_map(|(it, name)| Some((*it, get(name)?))).collect(),
            sender: get("ROLLCALL_SENDER"),
            may_travel: get("ROLLCALL_TIME_TRAVEL").as_deref() == Some("1"),
            queue: get("ROLLCALL_EVENT_QUEUE"),
        };
        if problems.is_empty() { Ok(res) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let set = BTreeMap::from([("ROLLCALL_TABLE".to_owned(), " ".to_owned())]);
        let problems = Settings::read(&set).unwrap_err().join("\n");
        expect![[r#"
            ROLLCALL_SECRET_ID is not set: the name or ARN of the secret with credentials
            ROLLCALL_TABLE is not set: the DynamoDB table that holds the ledger
            ROLLCALL_POLICY is not set: the path of the policy, /opt/rollcall.yaml in a layer"#]]
        .assert_eq(&problems);
    }
}

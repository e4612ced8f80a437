//! What a function is asked to do (design, section 9). Every field is optional; an unknown one is
//! refused, since a misspelt `dry_run` would be a real run.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::invocation::Invocation;
use crate::{
    flows::Request,
    words::{
        flow::{Flow, Shard},
        ids::{PersonId, PlanId},
    },
};

const FIELDS: [&str; 6] = ["dry_run", "people", "as_of", "approve", "shard", "of"];

/// A request as it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Payload {
    /// Plan only.
    pub(super) dry_run: bool,
    people: BTreeSet<PersonId>,
    /// The instant to decide for.
    pub(super) as_of: Option<Timestamp>,
    /// A held plan to let go on.
    pub(super) approve: Option<PlanId>,
    shard: Option<Shard>,
}

impl Payload {
    /// Reads the event of a flow. Nothing at all is an ordinary run.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub(super) fn read(event: &Value, flow: Flow) -> Result<Self, Vec<String>> {
        let fields = match event {
            Value::Null => return Ok(Self::default()),
            Value::Object(fields) => fields,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(vec!["the payload must be an object, such as {}".to_owned()]);
            }
        };
        let mut form = Form { fields, problems: Vec::new() };
        form.refuse_unknown();
        let res = Self {
            dry_run: form.flag("dry_run"),
            people: form.people(),
            as_of: form.instant("as_of"),
            approve: form.text("approve").map(PlanId::from),
            shard: form.shard(flow),
        };
        if res.dry_run && res.approve.is_some() {
            form.problems.push("\"approve\" writes, and \"dry_run\" must not: keep one".to_owned());
        }
        if form.problems.is_empty() { Ok(res) } else { Err(form.problems) }
    }

    /// Whether it is about some people only.
    pub(super) fn names_people(&self) -> bool {
        !self.people.is_empty()
    }

    /// The run that it asks for.
    pub(super) fn request(self, flow: Flow, invocation: &Invocation) -> Request {
        Request {
            dry_run: self.dry_run,
            people: self.people,
            as_of: self.as_of.unwrap_or(invocation.now),
            shard: self.shard,
            ..invocation.request(flow)
        }
    }
}

/// Collects problems while the fields are read.
struct Form<'a> {
    fields: &'a Map<String, Value>,
    problems: Vec<String>,
}

impl Form<'_> {
    fn refuse_unknown(&mut self) {
        for key in self.fields.keys().filter(|it| !FIELDS.contains(&it.as_str())) {
            let near = FIELDS.iter().find(|it| strsim::jaro_winkler(it, key) > 0.85);
            let hint = near.map_or_else(
                || format!("; the fields are {}", FIELDS.join(", ")),
                |it| format!("; did you mean \"{it}\"?"),
            );
            self.problems.push(format!("unknown field \"{key}\"{hint}"));
        }
    }

    /// A field that says something: `null` says nothing.
    fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).filter(|it| !it.is_null())
    }

    fn wrong(&mut self, name: &str, must: &str) {
        self.problems.push(format!("\"{name}\" must be {must}"));
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.get(name).map(Value::as_bool) {
            None => false,
            Some(Some(it)) => it,
            Some(None) => {
                self.wrong(name, "true or false");
                false
            }
        }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        let text = value.as_str().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
        if text.is_none() {
            self.wrong(name, "a text that is not empty");
        }
        text
    }

    fn instant(&mut self, name: &str) -> Option<Timestamp> {
        let value = self.get(name)?;
        let at = value.as_str().and_then(|it| it.parse().ok());
        if at.is_none() {
            self.wrong(name, "an instant such as \"2026-03-02T09:00:00Z\"");
        }
        at
    }

    fn people(&mut self) -> BTreeSet<PersonId> {
        let Some(value) = self.get("people") else { return BTreeSet::new() };
        let all: Option<BTreeSet<PersonId>> = value.as_array().and_then(|it| {
            it.iter()
                .map(|it| it.as_str().filter(|it| !it.trim().is_empty()).map(PersonId::from))
                .collect()
        });
        // An empty list is "nobody" to whoever wrote it, and would be "everybody" here.
        match all {
            Some(people) if !people.is_empty() => people,
            Some(_) | None => {
                self.wrong("people", "a list of UKG's person ids; leave it out for everybody");
                BTreeSet::new()
            }
        }
    }

    fn shard(&mut self, flow: Flow) -> Option<Shard> {
        let number = |form: &mut Self, name: &str| {
            let value = form.get(name)?;
            let number = value.as_u64().and_then(|it| u16::try_from(it).ok());
            if number.is_none() {
                form.wrong(name, "a number from 0 to 65535");
            }
            number
        };
        let is_asked = self.get("shard").is_some() || self.get("of").is_some();
        let (index, of) = (number(self, "shard"), number(self, "of"));
        if is_asked && flow != Flow::OrgSync {
            self.problems.push(format!("\"shard\" and \"of\" are for org-sync, not for {flow}"));
            return None;
        }
        match (index, of) {
            (Some(index), Some(of)) => match Shard::new(index, of) {
                Ok(it) => Some(it),
                Err(error) => {
                    self.problems.push(format!("\"shard\" is {index} of {of}: {error}"));
                    None
                }
            },
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                self.problems.push("\"shard\" and \"of\" go together".to_owned());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    fn check(event: &Value, expected: &Expect) {
        let said = match Payload::read(event, Flow::OrgSync) {
            Ok(it) => format!("{it:?}"),
            Err(problems) => problems.join("\n"),
        };
        expected.assert_eq(&said);
    }

    #[test]
    fn nothing_is_an_ordinary_run() {
        for event in [json!(null), json!({}), json!({ "dry_run": null, "people": null })] {
            assert_eq!(Payload::read(&event, Flow::NewHire), Ok(Payload::default()));
        }
    }

    #[test]
    fn every_field_is_read() {
        let event = json!({
            "dry_run": true, "people": ["P-1"], "as_of": "2026-03-02T09:00:00+01:00", "shard": 1,
            "of": 4,
        });
        check(
            &event,
            &expect![[
                r#"Payload { dry_run: true, people: {PersonId(P-1)}, as_of: Some(2026-03-02T08:00:00Z), approve: None, shard: Some(Shard { index: 1, of: 4 }) }"#
            ]],
        );
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let event = json!({
            "dryrun": true, "dry_run": "yes", "people": [], "as_of": "monday", "approve": "",
            "shard": 4, "of": 4, "everything": 1,
        });
        check(
            &event,
            &expect![[r#"
                unknown field "dryrun"; did you mean "dry_run"?
                unknown field "everything"; the fields are dry_run, people, as_of, approve, shard, of
                "dry_run" must be true or false
                "people" must be a list of UKG's person ids; leave it out for everybody
                "as_of" must be an instant such as "2026-03-02T09:00:00Z"
                "approve" must be a text that is not empty
                "shard" is 4 of 4: a shard is a number from 0 to one less than how many there are"#]],
        );
        check(
            &json!({ "dry_run": true, "approve": "plan-1", "of": 2 }),
            &expect![[r#"
                "shard" and "of" go together
                "approve" writes, and "dry_run" must not: keep one"#]],
        );
        check(&json!([]), &expect!["the payload must be an object, such as {}"]);
    }

    #[test]
    fn only_the_reconciliation_has_shards() {
        let event = json!({ "shard": 0, "of": 4 });
        let problems = Payload::read(&event, Flow::NewHire).unwrap_err();
        assert_eq!(problems, ["\"shard\" and \"of\" are for org-sync, not for new-hire"]);
    }
}

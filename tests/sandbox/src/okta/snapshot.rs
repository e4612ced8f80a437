//! The whole org as one comparable value: what "nothing changed" is asserted on.

use serde_json::{Map, Value, json};

use super::{
    model::{Source, User},
    org::Org,
};

impl Org {
    /// Everything that a sync could change, by names rather than stamps: two snapshots are equal
    /// exactly when nothing an admin would notice has changed between them.
    pub fn snapshot(&self) -> Value {
        let users: Map<String, Value> =
            self.users.values().map(|it| (it.id.to_string(), self.user_in_snapshot(it))).collect();
        let groups: Map<String, Value> = self
            .groups
            .values()
            .map(|group| {
                let members: Map<String, Value> =
                    group.members.iter().map(|(id, it)| (id.to_string(), source(it))).collect();
                let value = json!({"type": group.kind.word(), "profile": group.profile, "members": members});
                (group.id.to_string(), value)
            })
            .collect();
        let rules: Map<String, Value> = self
            .rules
            .values()
            .map(|rule| {
                let value = json!({
                    "name": rule.name, "expression": rule.expression, "active": rule.is_active,
                    "groups": words(&rule.groups), "excluded": words(&rule.excluded),
                });
                (rule.id.to_string(), value)
            })
            .collect();
        let apps: Map<String, Value> = self
            .apps
            .values()
            .map(|app| {
                let users: Map<String, Value> = app
                    .users
                    .iter()
                    .map(|(id, it)| (id.to_string(), json!(it.scope.word())))
                    .collect();
                let groups: Map<String, Value> = app
                    .groups
                    .iter()
                    .map(|(id, it)| (id.to_string(), json!(it.priority)))
                    .collect();
                (app.id.to_string(), json!({"label": app.label, "users": users, "groups": groups}))
            })
            .collect();
        let policies: Vec<Value> = self
            .policies
            .values()
            .map(|it| {
                let rules: Vec<Value> = it
                    .rules
                    .iter()
                    .map(|it| {
                        json!({"name": it.name, "active": it.is_active, "conditions": it.conditions, "actions": it.actions})
                    })
                    .collect();
                json!({
                    "id": &*it.id, "type": it.kind, "name": it.name, "active": it.is_active,
                    "priority": it.priority, "conditions": it.conditions,
                    "settings": it.settings, "rules": rules,
                })
            })
            .collect();
        let links: Vec<Value> = self
            .linked
            .iter()
            .map(|((name, associated), primary)| json!([name, &**associated, &**primary]))
            .collect();
        json!({
            "users": users, "groups": groups, "rules": rules, "apps": apps, "policies": policies,
            "links": links, "custom_attributes": self.schema.custom, "mails": self.mails.len(),
        })
    }

    fn user_in_snapshot(&self, user: &User) -> Value {
        let clients = |of: &mut dyn Iterator<Item = &String>| of.cloned().collect::<Vec<_>>();
        json!({
            "status": user.status.word(),
            "transitioning": user.transition.map(|it| it.to.word()),
            "profile": user.profile,
            "sessions": self.sessions_of(&user.id),
            "tokens": clients(&mut self.tokens_of(&user.id).iter().map(|it| &it.client)),
            "grants": clients(&mut self.grants_of(&user.id).iter().map(|it| &it.scope)),
            "roles": self.roles.get(&user.id).map(|it| it.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>()),
        })
    }
}

fn words<'a>(ids: impl IntoIterator<Item = &'a super::ids::Id>) -> Vec<&'a str> {
    ids.into_iter().map(|it| &**it).collect()
}

fn source(source: &Source) -> Value {
    match source {
        Source::Direct => json!("direct"),
        Source::Rules(rules) => json!(words(rules)),
    }
}

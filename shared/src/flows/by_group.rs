//! Apps that a group gives besides the direct assignment.
//!
//! Okta refuses to take such an app away (E0000046, reference/okta.md, section 4), and the person
//! would keep it anyhow. So it is not tried, and told as a note: whoever looks after the group
//! decides. Once the group is left, the next sweep takes the direct assignment away.

use std::collections::{BTreeMap, BTreeSet};

use super::{Error, draft::Draft};
use crate::{
    deciders::plan::PersonPlan,
    doors::okta::Reader,
    words::{
        action::{ActionKind, AppRef},
        finding::{Finding, FindingCode, Subject},
        ids::{AppId, GroupId},
    },
};

/// Leaves out the steps that would take an app away from somebody who has it by a group as well.
/// Asks Okta only when there are such steps.
pub(super) async fn spare(reader: &Reader, draft: &mut Draft) -> Result<(), Error> {
    let mut givers: BTreeMap<AppId, BTreeSet<GroupId>> = BTreeMap::new();
    let mut notes = Vec::new();
    for part in &mut draft.parts {
        let apps: Vec<AppId> = part
            .actions
            .iter()
            .filter_map(|it| taken_app(&it.kind))
            .map(|it| it.id.clone())
            .collect();
        let (false, Some(user)) = (apps.is_empty(), &part.user) else { continue };
        let mut spared = BTreeSet::new();
        let mut groups: Option<BTreeSet<GroupId>> = None;
        for app in apps {
            if !givers.contains_key(&app) {
                let giving = reader.groups_of_app(&app).await?;
                givers.insert(app.clone(), giving.into_iter().collect());
            }
            let giving = givers.get(&app).filter(|it| !it.is_empty());
            let Some(giving) = giving else { continue };
            if groups.is_none() {
                let all = reader.groups_of(user).await?;
                groups = Some(staying(part, all.into_iter().map(|it| it.id)));
            }
            if groups.as_ref().is_some_and(|it| !it.is_disjoint(giving)) {
                spared.insert(app);
            }
        }
        part.actions.retain(|it| {
            let app = taken_app(&it.kind).filter(|it| spared.contains(&it.id));
            notes.extend(app.map(|app| {
                Finding::note(
                    Subject::Person(it.person.clone()),
                    FindingCode::AppByGroup,
                    format!(
                        "keeps app {:?}, which no rule gives any more: a group gives it as well. \
                         Take the person out of that group, or the app from it",
                        app.label
                    ),
                )
            }));
            app.is_none()
        });
    }
    draft.findings.extend(notes);
    draft.settle_empty();
    Ok(())
}

fn taken_app(kind: &ActionKind) -> Option<&AppRef> {
    if let ActionKind::UnassignApp(app) = kind { Some(app) } else { None }
}

/// The groups that somebody is in when the part is done.
fn staying(part: &PersonPlan, now: impl Iterator<Item = GroupId>) -> BTreeSet<GroupId> {
    let mut res: BTreeSet<GroupId> = now.collect();
    for it in &part.actions {
        if let ActionKind::LeaveGroup(group) = &it.kind {
            res.remove(&group.id);
        } else if let ActionKind::JoinGroup(group) = &it.kind {
            res.insert(group.id.clone());
        } else if let ActionKind::SetTier(change) = &it.kind {
            for left in &change.from {
                res.remove(&left.id);
            }
            res.insert(change.to.id.clone());
        }
    }
    res
}

//! What must be done to the org itself before people can be put where they belong.

use std::{collections::BTreeSet, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    super::digest::{digest_of, hex},
    Directory, Reconcile,
};
use crate::words::{
    action::{GroupRef, OrgAction, OrgActionKind},
    finding::{Finding, FindingCode, Subject},
    ids::{GroupId, PolicyHash},
};

/// Groups to rename and groups to make, and those for which that cannot be done. `wanted` are the
/// names that the policy gives somebody: a unit without people needs no group.
///
/// Renames come first: a name that one unit gives up can be the next one's.
pub fn org_actions(
    directory: &Directory,
    wanted: &BTreeSet<Arc<str>>,
    rules: Reconcile,
) -> (Vec<OrgAction>, Vec<Finding>) {
    let mut renames: Vec<Rename> = Vec::new();
    if rules.rename_groups {
        renames.extend(directory.renames().iter().cloned().map(|(group, to)| Rename { group, to }));
    }
    let mut findings = Vec::new();
    // One that cannot be renamed keeps its name, which may stand in another one's way.
    while let Some(at) = renames.iter().position(|it| it.is_taken(directory, &renames)) {
        let Rename { group, to } = renames.remove(at);
        findings.push(name_taken(
            &group.name,
            format!(
                "should be called {to:?} like its unit in UKG, but another group has that name"
            ),
        ));
    }
    let renamed = |id: &GroupId| renames.iter().any(|it| it.group.id == *id);
    let mut creates = Vec::new();
    for name in directory.unmade().keys().filter(|it| wanted.contains(*it)) {
        if !rules.create_groups {
            continue;
        }
        if directory.called(name).any(|it| !renamed(it)) {
            let what = "is needed for a unit of UKG, but the group of that name stands for another";
            findings.push(name_taken(name, what.to_owned()));
            continue;
        }
        creates.push(OrgAction {
            kind: OrgActionKind::CreateGroup { name: name.clone() },
            cause: "UKG has people in a unit that has no group".into(),
        });
    }
    let mut actions = in_turn(renames);
    actions.extend(creates);
    (actions, findings)
}

#[derive(Clone)]
struct Rename {
    group: GroupRef,
    to: Arc<str>,
}

impl Rename {
    /// Whether a group has the name that does not give it up.
    fn is_taken(&self, directory: &Directory, renames: &[Self]) -> bool {
        directory.called(&self.to).any(|id| !renames.iter().any(|it| it.group.id == *id))
    }
}

fn name_taken(name: &str, what: String) -> Finding {
    let subject = Subject::Named(format!("group {name:?}"));
    let detail = format!("{what}; rename or delete one of the two in Okta");
    Finding::warning(subject, FindingCode::AmbiguousGroup, detail)
}

/// Puts renames into an order in which each name is free when its turn comes. Where names go round
/// in a circle, one group steps aside first.
fn in_turn(mut waiting: Vec<Rename>) -> Vec<OrgAction> {
    let rename = |Rename { group, to }: Rename, cause: &str| OrgAction {
        kind: OrgActionKind::RenameGroup { group, to },
        cause: cause.into(),
    };
    let mut res = Vec::new();
    while !waiting.is_empty() {
        let is_free = |it: &Rename| !waiting.iter().any(|other| other.group.name == it.to);
        if let Some(at) = waiting.iter().position(is_free) {
            let next = waiting.remove(at);
            res.push(rename(next, "the unit it stands for has another name in UKG"));
            continue;
        }
        let it = &mut waiting[0];
        // Okta's names have at most 255 characters.
        let short: String = it.to.chars().take(230).collect();
        let aside: Arc<str> = format!("{short} (being renamed)").into();
        let step = Rename { group: it.group.clone(), to: aside.clone() };
        it.group.name = aside;
        res.push(rename(step, "steps aside for a group that gets its name"));
    }
    res
}

/// The digest of one action: what somebody's word is for.
pub fn org_digest(action: &OrgAction) -> String {
    digest_of(&format!("{:?}", action.kind))[..32].to_owned()
}

/// What an approval of such actions is for.
pub fn org_hash(actions: &[OrgAction], policy: &PolicyHash) -> String {
    let mut hasher = Sha256::new();
    hasher.update(policy.as_str());
    for it in actions {
        hasher.update(format!("\n{:?} {}", it.kind, it.cause));
    }
    hex(&hasher.finalize())
}

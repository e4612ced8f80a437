//! What must be done to the org itself before people can be put where they belong.

use std::{collections::BTreeSet, sync::Arc};

use sha2::{Digest, Sha256};

use super::{Directory, Reconcile, hex};
use crate::words::{
    action::{OrgAction, OrgActionKind},
    ids::PolicyHash,
};

/// Groups to rename and groups to make. `wanted` are the names that the policy gives somebody:
/// a unit without people needs no group.
///
/// Renames come first: a name that one unit gives up can be the next one's.
pub fn org_actions(
    directory: &Directory,
    wanted: &BTreeSet<Arc<str>>,
    rules: Reconcile,
) -> Vec<OrgAction> {
    let renames = directory.renames().iter().map(|(group, to)| OrgAction {
        kind: OrgActionKind::RenameGroup { group: group.clone(), to: to.clone() },
        cause: "the unit it stands for has another name in UKG".into(),
    });
    let unmade = directory.unmade().intersection(wanted).map(|name| OrgAction {
        kind: OrgActionKind::CreateGroup { name: name.clone() },
        cause: "UKG has people in a unit that has no group".into(),
    });
    let renames = renames.filter(|_| rules.rename_groups);
    renames.chain(unmade.filter(|_| rules.create_groups)).collect()
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

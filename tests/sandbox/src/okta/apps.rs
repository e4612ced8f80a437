//! Applications: given directly, or by groups.

use serde_json::{Value, json};

use super::{
    error::Problem,
    ids::Id,
    model::{App, AppGroup, AppUser, Scope},
    org::Org,
};

impl Org {
    /// An application by id.
    pub(crate) fn app(&self, id: &str) -> Result<&App, Problem> {
        self.apps.get(id).ok_or_else(|| Problem::not_found(id, "AppInstance"))
    }

    /// Gives a user an application because a group does. Staged and deactivated users wait for
    /// their activation.
    pub(crate) fn grant_app(&mut self, app: &Id, user: &Id) {
        let created = self.now();
        if !self.users.get(user).is_some_and(|it| it.status.has_apps()) {
            return;
        }
        let Some(it) = self.apps.get_mut(app) else { return };
        it.users.entry(user.clone()).or_insert_with(|| AppUser {
            scope: Scope::Group,
            profile: json!({}),
            created,
        });
        self.apps_of_user.entry(user.clone()).or_default().insert(app.clone());
    }

    /// Takes an application away when the last group that gave it is gone.
    pub(crate) fn review_app(&mut self, app: &Id, user: &Id) {
        let by_group = self.apps.get(app).and_then(|it| it.users.get(user)).map(|it| it.scope);
        if by_group == Some(Scope::Group) && !self.is_granted_by_group(app, user) {
            self.take_app(app, user);
        }
    }

    pub(crate) fn is_granted_by_group(&self, app: &Id, user: &Id) -> bool {
        let Some(app) = self.apps.get(app) else { return false };
        self.users
            .get(user)
            .is_some_and(|user| app.groups.keys().any(|it| user.groups.contains(it)))
    }

    fn take_app(&mut self, app: &Id, user: &Id) {
        if let Some(app) = self.apps.get_mut(app) {
            app.users.remove(user);
        }
        if let Some(apps) = self.apps_of_user.get_mut(user) {
            apps.remove(app);
        }
    }

    /// Deactivation: every active application is taken away; inactive ones are not reached.
    pub(crate) fn leave_apps(&mut self, user: &Id) {
        let apps: Vec<Id> = self.apps_of_user.get(user).into_iter().flatten().cloned().collect();
        for app in apps {
            if self.apps.get(&app).is_some_and(|it| it.is_active) {
                self.take_app(&app, user);
                self.note(
                    "application.user_membership.remove",
                    vec![("User", user.clone()), ("AppInstance", app)],
                );
            }
        }
    }

    /// Activation: the groups a user is in give their applications. Direct ones stay lost.
    pub(crate) fn reconcile_apps(&mut self, user: &Id) {
        let Some(it) = self.users.get(user) else { return };
        let apps: Vec<Id> = it
            .groups
            .iter()
            .filter_map(|it| self.groups.get(it))
            .flat_map(|it| it.apps.iter().cloned())
            .collect();
        for app in apps {
            self.grant_app(&app, user);
        }
    }

    /// Assigns an application to one user.
    pub(crate) fn assign_app(
        &mut self,
        app: &Id,
        user: &Id,
        profile: Value,
    ) -> Result<(), Problem> {
        let known = self.apps[app].users.get(user).map(|it| it.scope);
        if known == Some(Scope::User) {
            let summary = "The specified user is already assigned to the application.";
            return Err(Problem::new(409, "E0000062", summary));
        }
        let created = self.now();
        let it = AppUser { scope: Scope::User, profile, created };
        if let Some(app) = self.apps.get_mut(app) {
            app.users.insert(user.clone(), it);
        }
        self.apps_of_user.entry(user.clone()).or_default().insert(app.clone());
        self.note(
            "application.user_membership.add",
            vec![("User", user.clone()), ("AppInstance", app.clone())],
        );
        Ok(())
    }

    /// Takes an application from one user, unless a group gives it.
    pub(crate) fn unassign_app(&mut self, app: &Id, user: &Id) -> Result<(), Problem> {
        if !self.apps[app].users.contains_key(user) {
            return Err(Problem::not_found(user, "AppUser"));
        }
        if self.is_granted_by_group(app, user) {
            let summary = "Deactivate application for user forbidden.";
            return Err(Problem::new(403, "E0000046", summary).because(
                "The application cannot be unassigned from the user while their group \
                 memberships grant them access",
            ));
        }
        self.take_app(app, user);
        self.note(
            "application.user_membership.remove",
            vec![("User", user.clone()), ("AppInstance", app.clone())],
        );
        Ok(())
    }

    /// Lets a group give an application. Without a priority it comes last.
    pub(crate) fn assign_group(&mut self, app: &Id, group: &Id, priority: Option<u64>) {
        let last_updated = self.now();
        let Some(it) = self.apps.get_mut(app) else { return };
        let next = it.groups.values().map(|it| it.priority + 1).max().unwrap_or(0);
        let priority = priority.unwrap_or(next);
        it.groups.insert(group.clone(), AppGroup { priority, last_updated });
        let Some(it) = self.groups.get_mut(group) else { return };
        it.apps.insert(app.clone());
        let members: Vec<Id> = it.members.keys().cloned().collect();
        for user in members {
            self.grant_app(app, &user);
        }
        self.note(
            "group.application_assignment.add",
            vec![("UserGroup", group.clone()), ("AppInstance", app.clone())],
        );
    }

    /// Stops a group from giving an application.
    pub(crate) fn unassign_group(&mut self, app: &Id, group: &Id) {
        if let Some(it) = self.apps.get_mut(app) {
            it.groups.remove(group);
        }
        let Some(it) = self.groups.get_mut(group) else { return };
        it.apps.remove(app);
        let members: Vec<Id> = it.members.keys().cloned().collect();
        for user in members {
            self.review_app(app, &user);
        }
        self.note(
            "group.application_assignment.remove",
            vec![("UserGroup", group.clone()), ("AppInstance", app.clone())],
        );
    }
}

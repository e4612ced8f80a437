//! The processes that Rollcall runs as: one after the other, or two at once, on the same files.

use std::sync::Arc;

use rollcall::{
    deciders::policy::{self, Policy},
    doors::{
        ledger::{Ledger, Sqlite},
        outbox::Outbox,
    },
    flows::Office,
    shell::{self, Machine, credentials::Credentials},
};
use rollcall_sandbox::Fuse;

use crate::{World, power::Powered};

impl World {
    /// Another process with the same files: what a restart after a crash is.
    pub fn restart(&mut self, credentials: &str) {
        self.restart_with(credentials, |policy| policy);
    }

    /// The same with the example policy edited as text.
    pub fn restart_with(&mut self, credentials: &str, edit: impl FnOnce(String) -> String) {
        self.restart_with_on(Machine::default(), credentials, edit);
    }

    /// The same on a certain machine.
    pub fn restart_on(&mut self, machine: Machine, credentials: &str) {
        self.restart_with_on(machine, credentials, |policy| policy);
    }

    /// On a certain machine, with the example policy edited as text.
    pub fn restart_with_on(
        &mut self,
        machine: Machine,
        credentials: &str,
        edit: impl FnOnce(String) -> String,
    ) {
        let policy = edit(policy::EXAMPLE.to_owned());
        self.office = open(machine, &self.folder, credentials, &policy, &self.fuse);
    }

    /// The ledger's file, as nobody's process sees it.
    pub fn store(&self) -> Sqlite {
        Sqlite::open(&self.folder.path().join("rollcall.sqlite")).expect("there is room")
    }

    /// A second process with the same files, beside the one that there is.
    pub fn second_office(&self, machine: Machine) -> Office {
        let credentials = self.town.credentials().to_string();
        open(machine, &self.folder, &credentials, policy::EXAMPLE, &self.fuse)
    }
}

pub(crate) fn open(
    machine: Machine,
    folder: &tempfile::TempDir,
    credentials: &str,
    policy: &str,
    fuse: &Fuse,
) -> Office {
    let policy = Policy::compile("rollcall.yaml", policy).expect("the story's policy is right");
    let credentials = Credentials::parse(credentials).expect("the town's credentials are right");
    let store = Sqlite::open(&folder.path().join("rollcall.sqlite")).expect("there is room");
    let outbox = Outbox::Folder(folder.path().join("mail"));
    let store = Powered { store, fuse: fuse.clone() };
    shell::office_on(machine, policy, credentials, Ledger::new(Arc::new(store)), outbox)
        .expect("the credentials can be used")
}

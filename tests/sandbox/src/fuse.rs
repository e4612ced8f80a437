//! A power cut at one effect: what a process that is killed there looks like from outside.
//!
//! Whatever has an effect passes through [`Fuse::around`]: the wire's writes do so by themselves
//! ([`Wire::protect`](crate::Wire::protect)), a ledger does when a test wraps it. Nothing that
//! passes after the cut has an effect or gets an answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::sync::Notify;

/// On which side of the effect the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The effect does not happen.
    Before,
    /// It happens, and nobody hears of it.
    After,
}

/// Counts effects, and cuts the power at one of them.
#[derive(Clone, Debug, Default)]
pub struct Fuse(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    cut: Notify,
}

#[derive(Debug, Default)]
struct State {
    passed: usize,
    kinds: BTreeMap<String, Vec<usize>>,
    cut_off: Option<String>,
    cuts_at: Option<(usize, Side)>,
    is_cut: bool,
}

impl Fuse {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().expect("nobody panics while holding the fuse")
    }

    /// How many effects there were so far.
    pub fn passed(&self) -> usize {
        self.state().passed
    }

    /// The effects there were so far, by what they were: which from the beginning, counted from 1.
    pub fn kinds(&self) -> BTreeMap<String, Vec<usize>> {
        self.state().kinds.clone()
    }

    /// What the effect was at which the power went last.
    pub fn cut_off(&self) -> Option<String> {
        self.state().cut_off.clone()
    }

    /// Cuts the power at the `nth` effect from the beginning, counted from 1.
    pub fn cut_at(&self, nth: usize, side: Side) {
        self.state().cuts_at = Some((nth, side));
    }

    /// Whether a cut is still to come.
    pub fn is_armed(&self) -> bool {
        self.state().cuts_at.is_some()
    }

    /// The power is back.
    pub fn mend(&self) {
        let mut state = self.state();
        state.cuts_at = None;
        state.is_cut = false;
    }

    /// Ends when the power goes.
    pub async fn cut(&self) {
        self.0.cut.notified().await;
    }

    /// Lets an effect happen, unless the power goes. `what` says what it is, the same way for all
    /// of a kind.
    pub async fn around<T>(&self, what: String, effect: impl Future<Output = T>) -> T {
        let nth = {
            let mut state = self.state();
            state.passed += 1;
            let nth = state.passed;
            state.kinds.entry(what.clone()).or_default().push(nth);
            nth
        };
        self.pass(nth, Side::Before, &what).await;
        let res = effect.await;
        self.pass(nth, Side::After, &what).await;
        res
    }

    async fn pass(&self, nth: usize, side: Side, what: &str) {
        {
            let mut state = self.state();
            if state.cuts_at == Some((nth, side)) {
                state.is_cut = true;
                state.cut_off = Some(what.to_owned());
                self.0.cut.notify_one();
            }
            if !state.is_cut {
                return;
            }
        }
        std::future::pending().await
    }
}

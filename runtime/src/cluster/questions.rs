use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::directory::Found;
use super::wire::{Announced, NodeId};

/// So many questions may be open; another one gets no answer.
const MAX_OPEN: usize = 4096;

/// So many answers to one question are taken.
const MAX_ANSWERS: usize = 64;

/// How long after the first answer others may still come.
const GRACE: Duration = Duration::from_millis(20);

/// Questions to all nodes, whose answers come one by one.
#[derive(Debug, Default)]
pub(super) struct Questions {
    last: AtomicU64,
    open: Mutex<HashMap<u64, mpsc::Sender<Vec<Found>>>>,
}

/// A question that was asked; dropping it forgets it.
pub(super) struct Question<'q> {
    questions: &'q Questions,
    pub(super) number: u64,
    answers: mpsc::Receiver<Vec<Found>>,
}

impl Questions {
    /// A new question, if there are not too many.
    pub(super) fn ask(&self) -> Option<Question<'_>> {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let (sender, answers) = mpsc::channel(MAX_ANSWERS);
        let mut open = self.open();
        if open.len() >= MAX_OPEN {
            return None;
        }
        open.insert(number, sender);
        Some(Question {
            questions: self,
            number,
            answers,
        })
    }

    /// A node has answered.
    pub(super) fn answer(&self, number: u64, node: NodeId, sessions: Vec<Announced>) {
        let question = self.open().get(&number).cloned();
        if let Some(question) = question {
            let found = sessions.into_iter().map(|announced| Found {
                node,
                session: announced.session(),
                stamp: announced.stamp,
                place: announced.place,
            });
            // More answers than are taken are too late.
            let _ = question.try_send(found.collect());
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, mpsc::Sender<Vec<Found>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question<'_> {
    /// What was found within `time`, or shortly after the first find.
    pub(super) async fn answers(mut self, time: Duration) -> Vec<Found> {
        let mut all = Vec::new();
        let mut end = Instant::now() + time;
        while let Ok(Some(found)) = timeout_at(end, self.answers.recv()).await {
            if all.is_empty() {
                end = end.min(Instant::now() + GRACE);
            }
            all.extend(found);
        }
        all
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.questions.open().remove(&self.number);
    }
}

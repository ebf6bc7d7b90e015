//! Messages of which the endpoint gets a part before the next one is here.

use std::borrow::Cow;
use std::task::{Context, Poll};

use super::Wire;
use crate::message::{Delivery, Feed, Form, Forms, Message, Rest, pipe};
use crate::protocol::{InParts, Position};

impl Wire {
    /// The handler whose message is being received has returned: what follows of the message is for nobody.
    #[inline]
    pub(super) fn leave_stream(&mut self) {
        let is_another = |_: &mut Feed| !self.inbox.as_ref().is_some_and(|inbox| inbox.has_begun());
        if let Some(feed) = self.feed.take_if(is_another) {
            feed.abandon();
        }
    }

    /// A part came: the next one has all its time.
    pub(super) fn came_further(&mut self, position: Position) {
        self.deadlines.came(position);
        self.deadlines.active();
    }

    /// Ready when a reader has room for another part.
    pub(super) fn poll_feed(&self, cx: &Context<'_>) -> Poll<()> {
        match &self.feed {
            Some(feed) => feed.poll_ready(cx),
            None => Poll::Ready(()),
        }
    }

    #[inline]
    pub(super) fn is_feed_full(&self) -> bool {
        self.feed.as_ref().is_some_and(Feed::is_full)
    }
}

/// What the endpoint gets for a part, if it does not go to a reader that has begun.
#[inline(never)]
pub(super) fn deliver<B>(
    feed: &mut Option<Feed>,
    form: Form,
    part: Cow<'_, B>,
    position: Position,
    message: impl FnOnce(Cow<'_, B>) -> Message,
) -> Option<Delivery>
where
    B: AsRef<[u8]> + ToOwned + ?Sized,
{
    let rest = match (form, position) {
        (Form::Stream, Position::First) => {
            let (begun, rest) = pipe();
            *feed = Some(begun);
            Rest::Stream(rest)
        }
        (Form::Stream, Position::Middle | Position::Last) => {
            // There is none when the handler has returned.
            if let Some(begun) = feed {
                begun.push((*part).as_ref());
            }
            if position == Position::Last
                && let Some(begun) = feed.take()
            {
                begun.finish();
            }
            return None;
        }
        (_, Position::Last) => Rest::Nothing,
        (_, Position::First | Position::Middle) => Rest::Parts,
    };
    Some(Delivery {
        message: message(part),
        rest,
    })
}

/// The messages that the decoder hands over in parts.
pub(super) fn in_parts(forms: Forms) -> InParts {
    InParts {
        text: forms.text != Form::Whole,
        binary: forms.binary != Form::Whole,
    }
}

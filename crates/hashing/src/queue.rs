//! Who may wait for a slot, and who is next: rules without threads.

use std::collections::VecDeque;

use passgate_gate::hasher::Share;

/// What waits, bounded in all and per share, served in turn (R7, R130, R131).
///
/// Sign-in never holds more than half of the places and keyed callers never more than three quarters, so
/// neither flood can keep the other from being admitted; the total holds on top. When both wait they are
/// served alternately; when one alone waits it gets every slot.
pub(crate) struct Queue<T> {
    keyed: VecDeque<T>,
    sign_in: VecDeque<T>,
    places: usize,
    served_last: Share,
}

impl<T> Queue<T> {
    /// A queue of so many places, at least four so that each share has one.
    pub(crate) fn new(places: usize) -> Self {
        let places = places.max(4);
        Self {
            keyed: VecDeque::with_capacity(places),
            sign_in: VecDeque::with_capacity(places),
            places,
            served_last: Share::SignIn,
        }
    }

    /// Takes it in, or gives it back when the share or the whole is full.
    pub(crate) fn admit(&mut self, share: Share, item: T) -> Result<(), T> {
        let most = match share {
            Share::Keyed => self.places - self.places / 4,
            Share::SignIn => self.places / 2,
        };
        if self.waiting(share) >= most || self.len() >= self.places {
            return Err(item);
        }
        self.line(share).push_back(item);
        Ok(())
    }

    /// Who is next.
    pub(crate) fn next(&mut self) -> Option<T> {
        let turn = match self.served_last {
            Share::Keyed => Share::SignIn,
            Share::SignIn => Share::Keyed,
        };
        let share = if self.waiting(turn) > 0 { turn } else { self.served_last };
        let item = self.line(share).pop_front()?;
        self.served_last = share;
        Some(item)
    }

    /// Lets those go for whom `stays` is false, and says how many went.
    pub(crate) fn sweep(&mut self, mut stays: impl FnMut(&T) -> bool) -> usize {
        let before = self.len();
        self.keyed.retain(&mut stays);
        self.sign_in.retain(&mut stays);
        before - self.len()
    }

    pub(crate) fn waiting(&self, share: Share) -> usize {
        match share {
            Share::Keyed => self.keyed.len(),
            Share::SignIn => self.sign_in.len(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.keyed.len() + self.sign_in.len()
    }

    fn line(&mut self, share: Share) -> &mut VecDeque<T> {
        match share {
            Share::Keyed => &mut self.keyed,
            Share::SignIn => &mut self.sign_in,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Admits until the first refusal and says how many fitted.
    fn flood(queue: &mut Queue<Share>, share: Share) -> usize {
        let mut admitted = 0;
        while queue.admit(share, share).is_ok() {
            admitted += 1;
        }
        admitted
    }

    fn drain(queue: &mut Queue<Share>) -> Vec<Share> {
        std::iter::from_fn(|| queue.next()).collect()
    }

    #[test]
    fn a_flood_of_sign_ins_fills_half_and_leaves_keyed_callers_the_rest() {
        // R130.
        let mut queue = Queue::new(16);
        assert_eq!(flood(&mut queue, Share::SignIn), 8);
        assert_eq!(flood(&mut queue, Share::Keyed), 8);
        assert_eq!(queue.len(), 16);
    }

    #[test]
    fn a_flood_of_keyed_callers_leaves_sign_in_a_quarter() {
        // R130, the other way round.
        let mut queue = Queue::new(16);
        assert_eq!(flood(&mut queue, Share::Keyed), 12);
        assert_eq!(flood(&mut queue, Share::SignIn), 4);
    }

    #[test]
    fn the_smallest_queue_still_has_a_place_for_each() {
        // R130.
        let mut queue = Queue::new(0);
        assert_eq!((flood(&mut queue, Share::Keyed), flood(&mut queue, Share::SignIn)), (3, 1));
    }

    #[test]
    fn when_both_wait_they_are_served_in_turn() {
        // R130: whoever came first in whatever number.
        let mut queue = Queue::new(16);
        flood(&mut queue, Share::SignIn);
        for _ in 0..3 {
            queue.admit(Share::Keyed, Share::Keyed).unwrap();
        }
        let served = drain(&mut queue);
        assert_eq!(served.iter().take(6).filter(|share| **share == Share::Keyed).count(), 3);
        assert_eq!(served.len(), 11);
    }

    #[test]
    fn a_share_alone_gets_every_slot() {
        let mut queue = Queue::new(16);
        flood(&mut queue, Share::SignIn);
        assert_eq!(drain(&mut queue), [Share::SignIn; 8]);
    }

    #[test]
    fn each_share_is_served_in_the_order_of_arrival() {
        let mut queue = Queue::new(16);
        for number in 0..5 {
            queue.admit(Share::Keyed, number).unwrap();
        }
        assert_eq!(std::iter::from_fn(|| queue.next()).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }
}

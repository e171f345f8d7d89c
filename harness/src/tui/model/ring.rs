//! A list that forgets its oldest items.

use std::collections::VecDeque;

/// At most so many items, the latest last.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ring<T> {
    items: VecDeque<T>,
    most: usize,
}

impl<T> Ring<T> {
    /// Builds an empty list of at most so many items, at least one.
    #[must_use]
    pub(crate) fn new(most: usize) -> Self {
        Self {
            items: VecDeque::new(),
            most: most.max(1),
        }
    }

    /// Adds an item; the oldest makes room for it.
    pub(crate) fn push(&mut self, item: T) {
        if self.items.len() == self.most {
            self.items.pop_front();
        }
        self.items.push_back(item);
    }

    /// Returns the items, the oldest first.
    pub(crate) fn iter(&self) -> std::collections::vec_deque::Iter<'_, T> {
        self.items.iter()
    }

    /// Returns the latest item.
    #[must_use]
    pub(crate) fn last(&self) -> Option<&T> {
        self.items.back()
    }

    /// Returns the latest item, to be changed.
    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.items.back_mut()
    }

    /// Returns how many there are.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}

impl<'a, T> IntoIterator for &'a Ring<T> {
    type Item = &'a T;
    type IntoIter = std::collections::vec_deque::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let mut ring = Ring::new(2);
        for item in 0..5 {
            ring.push(item);
        }
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [3, 4]);
    }
}

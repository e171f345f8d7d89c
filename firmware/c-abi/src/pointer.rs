//! From a C pointer to a Rust reference, or to an error code.
//!
//! Owns all reading of foreign memory. What can be checked is checked: null, alignment, length.
//! What cannot, each function's Safety section states, and the header repeats.

use core::ffi::c_char;
use core::slice;

use node_core::Text;

use crate::result::Outcome;

/// Returns what `pointer` points to, for reading.
///
/// # Errors
///
/// [`Outcome::ErrorNull`] and [`Outcome::ErrorMisaligned`].
///
/// # Safety
///
/// Memory at a non-null `pointer` holds a `T` that nobody writes for `'a`.
pub(crate) unsafe fn shared<'a, T>(pointer: *const T) -> Result<&'a T, Outcome> {
    if pointer.is_null() {
        return Err(Outcome::ErrorNull);
    }
    if !pointer.is_aligned() {
        return Err(Outcome::ErrorMisaligned);
    }
    // SAFETY: neither null nor misaligned; the rest is this function's own condition.
    Ok(unsafe { &*pointer })
}

/// Returns what `pointer` points to, for writing.
///
/// # Errors
///
/// [`Outcome::ErrorNull`] and [`Outcome::ErrorMisaligned`].
///
/// # Safety
///
/// Memory at a non-null `pointer` holds a `T` that nobody else reads or writes for `'a`.
pub(crate) unsafe fn exclusive<'a, T>(pointer: *mut T) -> Result<&'a mut T, Outcome> {
    if pointer.is_null() {
        return Err(Outcome::ErrorNull);
    }
    if !pointer.is_aligned() {
        return Err(Outcome::ErrorMisaligned);
    }
    // SAFETY: neither null nor misaligned; the rest is this function's own condition.
    Ok(unsafe { &mut *pointer })
}

/// Returns `length` bytes; none at all may be anywhere.
///
/// # Errors
///
/// [`Outcome::ErrorNull`], and [`Outcome::ErrorLength`] when no object can be that long.
///
/// # Safety
///
/// Memory at a non-null `pointer` holds `length` bytes that nobody writes for `'a`.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, length: u32) -> Result<&'a [u8], Outcome> {
    if length == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(Outcome::ErrorNull);
    }
    let length = usize::try_from(length).map_err(|_| Outcome::ErrorLength)?;
    let fits = isize::try_from(length).is_ok() && pointer.addr().checked_add(length).is_some();
    if !fits {
        return Err(Outcome::ErrorLength);
    }
    // SAFETY: not null, within the address space; the rest is this function's own condition.
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}

/// Copies text that ends in a NUL; null is the empty text. Reads at most `N` + 1 bytes.
///
/// # Errors
///
/// [`Outcome::ErrorTextTooLong`] and [`Outcome::ErrorTextNotUtf8`].
///
/// # Safety
///
/// Memory at a non-null `pointer` holds bytes up to a NUL, or at least `N` + 1.
pub(crate) unsafe fn text<const N: usize>(pointer: *const c_char) -> Result<Text<N>, Outcome> {
    let start = pointer.cast::<u8>();
    if start.is_null() {
        return Ok(Text::EMPTY);
    }
    for length in 0..=N {
        // SAFETY: no byte before this one was NUL, and `length` is at most `N`.
        let byte = unsafe { start.wrapping_add(length).read() };
        if byte == 0 {
            // SAFETY: these bytes have just been read one by one.
            let bytes = unsafe { slice::from_raw_parts(start, length) };
            let text = str::from_utf8(bytes).map_err(|_| Outcome::ErrorTextNotUtf8)?;
            return Text::new(text).map_err(|_| Outcome::ErrorTextTooLong);
        }
    }
    Err(Outcome::ErrorTextTooLong)
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;

    #[test]
    fn null_and_misaligned_pointers_are_told_apart() {
        let words = [1_u64; 2];
        let odd = words.as_ptr().wrapping_byte_add(1);
        // SAFETY: the pointers are null, misaligned, or to a live array.
        unsafe {
            assert_eq!(shared(ptr::null::<u64>()), Err(Outcome::ErrorNull));
            assert_eq!(shared(odd), Err(Outcome::ErrorMisaligned));
            assert_eq!(shared(words.as_ptr()), Ok(&1));
            assert_eq!(exclusive(odd.cast_mut()), Err(Outcome::ErrorMisaligned));
            assert_eq!(exclusive(ptr::null_mut::<u64>()), Err(Outcome::ErrorNull));
        }
    }

    #[test]
    fn only_no_bytes_may_be_nowhere() {
        let end = ptr::without_provenance::<u8>(usize::MAX);
        // SAFETY: nothing is read unless the pointer is to a live array.
        unsafe {
            assert_eq!(bytes(ptr::null(), 0), Ok(&[][..]));
            assert_eq!(bytes(ptr::null(), 1), Err(Outcome::ErrorNull));
            assert_eq!(bytes(end, 2), Err(Outcome::ErrorLength));
            assert_eq!(bytes([7, 8].as_ptr(), 2), Ok(&[7, 8][..]));
        }
    }

    #[test]
    fn text_is_read_up_to_its_nul_and_never_beyond_its_capacity() {
        // SAFETY: each literal ends in NUL or is longer than four bytes.
        unsafe {
            assert_eq!(text::<4>(ptr::null()), Ok(Text::EMPTY));
            assert_eq!(text::<4>(c"".as_ptr()), Ok(Text::EMPTY));
            assert_eq!(text::<4>(c"four".as_ptr()), Ok(Text::new("four").unwrap()));
            let long = b"fives";
            assert_eq!(
                text::<4>(long.as_ptr().cast()),
                Err(Outcome::ErrorTextTooLong)
            );
            let bad = c"\xFF";
            assert_eq!(text::<4>(bad.as_ptr()), Err(Outcome::ErrorTextNotUtf8));
        }
    }
}

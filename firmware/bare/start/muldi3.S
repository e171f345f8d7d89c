// A product of 64 bits for a core without a high multiply: MULL and four MUL16U in place of the
// loop of compiler_builtins. Little-endian, call0: a3:a2 times a5:a4 in a3:a2.
//
//   a = ah·2^16 + al, b = bh·2^16 + bl   (low words)
//   a·b = al·bl + (al·bh + ah·bl)·2^16 + ah·bh·2^32
    .section .iram.muldi3, "ax"
    .global __muldi3
    .type __muldi3, @function
    .align 4
__muldi3:
    mull a3, a3, a4         // high word of a, low word of b
    mull a5, a2, a5         // low word of a, high word of b
    extui a6, a2, 16, 16    // ah
    extui a7, a4, 16, 16    // bh
    mul16u a8, a2, a4       // al·bl
    mul16u a9, a2, a7       // al·bh
    mul16u a10, a6, a4      // ah·bl
    mul16u a11, a6, a7      // ah·bh
    add a3, a3, a5
    extui a8, a8, 16, 16
    add a9, a9, a8          // cannot overflow: (2^16-1)^2 + 2^16 < 2^32
    add a3, a3, a11
    extui a8, a9, 16, 16
    extui a9, a9, 0, 16
    add a10, a10, a9        // cannot overflow, as above
    add a3, a3, a8
    extui a10, a10, 16, 16
    mull a2, a2, a4
    add a3, a3, a10
    ret

    .section .note.GNU-stack, "", @progbits

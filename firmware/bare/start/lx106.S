// The lx106's first instructions, and its way to the host of QEMU's machine `sim`.
// call0 ABI: arguments in a2 to a7, the result in a2, the stack in a1.

// QEMU's `sim` begins at 0x50000000, whatever the file's entry is.
    .section .vector, "ax"
    .align 4
    j 1f
    .align 4
.Lentry:
    .word _start
    .align 4
1:
    l32r a0, .Lentry
    jx a0

// Copies constants and data to DRAM, zeroes the rest, and goes on in Rust.
    .section .text.start, "ax"
    .align 4
.Lstack_top:
    .word _stack_top
.Ldata_load:
    .word _data_load
.Ldata_start:
    .word _data_start
.Ldata_end:
    .word _data_end
.Lbss_start:
    .word _bss_start
.Lbss_end:
    .word _bss_end
.Lentered:
    .word entered
    .global _start
    .align 4
_start:
    l32r a1, .Lstack_top
    l32r a2, .Ldata_load
    l32r a3, .Ldata_start
    l32r a4, .Ldata_end
1:
    bgeu a3, a4, 2f
    l32i a5, a2, 0
    s32i a5, a3, 0
    addi a2, a2, 4
    addi a3, a3, 4
    j 1b
2:
    l32r a3, .Lbss_start
    l32r a4, .Lbss_end
    movi a5, 0
3:
    bgeu a3, a4, 4f
    s32i a5, a3, 0
    addi a3, a3, 4
    j 3b
4:
    l32r a2, .Lentered
    callx0 a2

// host_read(file, to, length) and host_write(file, from, length): bytes moved, or negative.
    .section .iram.host, "ax"
    .global host_read
    .align 4
host_read:
    mov a5, a4
    mov a4, a3
    mov a3, a2
    movi a2, 3
    simcall
    ret

    .global host_write
    .align 4
host_write:
    mov a5, a4
    mov a4, a3
    mov a3, a2
    movi a2, 4
    simcall
    ret

// host_exit(code): does not return.
    .global host_exit
    .align 4
host_exit:
    mov a3, a2
    movi a2, 1
    simcall
1:
    j 1b

// host_ticks(): the clock cycles that QEMU counts.
    .global host_ticks
    .align 4
host_ticks:
    rsr a2, ccount
    ret

// `core` names abort as what a trap calls where the core has no trap instruction.
    .global abort
    .align 4
abort:
    movi a2, 71
    j host_exit

    .section .note.GNU-stack, "", @progbits

namespace ReAim.Capture.Linux.Interop;

/// <summary>The kernel's error numbers that mean something to us (asm-generic/errno.h); others keep their number.</summary>
internal enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>EPERM: it takes a capability that this process lacks.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT: there is no such thing.</summary>
    NoEntry = 2,

    /// <summary>EINTR: a signal came first.</summary>
    Interrupted = 4,

    /// <summary>EAGAIN: nothing there now.</summary>
    Again = 11,

    /// <summary>EACCES: permission denied.</summary>
    Access = 13,

    /// <summary>EBUSY: somebody has it already.</summary>
    Busy = 16,

    /// <summary>EEXIST: there is one already.</summary>
    Exists = 17,

    /// <summary>ENODEV: no such interface.</summary>
    NoDevice = 19,

    /// <summary>EINVAL: the kernel does not know the request.</summary>
    Invalid = 22,

    /// <summary>ENFILE: a table is full.</summary>
    TableFull = 23,

    /// <summary>EMFILE: this process may open no more files.</summary>
    TooManyFiles = 24,

    /// <summary>ENOSPC: no room left.</summary>
    NoSpace = 28,

    /// <summary>ELOOP: a symbolic link where none may be.</summary>
    Loop = 40,

    /// <summary>EBADMSG: an answer that is not well-formed.</summary>
    BadMessage = 74,

    /// <summary>EMSGSIZE: longer than its buffer.</summary>
    MessageSize = 90,

    /// <summary>EPROTONOSUPPORT: a kernel without this protocol.</summary>
    NoProtocol = 93,

    /// <summary>EOPNOTSUPP: a kernel without this operation.</summary>
    NotSupported = 95,

    /// <summary>EADDRINUSE: somebody has this address.</summary>
    AddressInUse = 98,

    /// <summary>EAFNOSUPPORT: a kernel without this address family.</summary>
    NoFamily = 97,

    /// <summary>ENOBUFS: messages were lost because the receive buffer was full.</summary>
    NoBuffers = 105,
}

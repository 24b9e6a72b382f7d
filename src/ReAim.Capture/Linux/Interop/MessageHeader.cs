using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Where one message goes: struct msghdr (recvmsg(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    /// <summary>Where the sender's address goes; zero for nowhere.</summary>
    public nint Name;

    /// <summary>Room for it in bytes.</summary>
    public uint NameLength;

    /// <summary>The <see cref="IoVector"/> array.</summary>
    public nint Vectors;

    /// <summary>How many there are.</summary>
    public nuint VectorCount;

    /// <summary>Where control messages go; zero for nowhere.</summary>
    public nint Control;

    /// <summary>Room for them in bytes.</summary>
    public nuint ControlLength;

    /// <summary>What the kernel says of the message, such as <see cref="LibC.MessageTruncated"/>.</summary>
    public int Flags;
}

/// <summary>One message of several in one call: struct mmsghdr (recvmmsg(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultipleMessageHeader
{
    /// <summary>Where it goes.</summary>
    public MessageHeader Message;

    /// <summary>How many bytes came.</summary>
    public uint Received;
}

/// <summary>A piece of memory: struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    /// <summary>Where it begins.</summary>
    public nint Base;

    /// <summary>Its length in bytes.</summary>
    public nuint Length;
}

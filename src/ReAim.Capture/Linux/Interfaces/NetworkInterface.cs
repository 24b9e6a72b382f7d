namespace ReAim.Capture.Linux.Interfaces;

/// <summary>An interface of this machine.</summary>
/// <param name="Index">Its number, which queued packets name it by.</param>
/// <param name="Name">Its name.</param>
/// <param name="Flags">IFF_ bits (linux/if.h).</param>
internal readonly record struct NetworkInterface(int Index, string Name, uint Flags)
{
    /// <summary>True if an administrator switched it on (IFF_UP).</summary>
    public bool IsUp => (Flags & 0x1) != 0;

    /// <summary>True if it can carry packets: a cable is in, a peer is there (IFF_RUNNING).</summary>
    public bool IsRunning => (Flags & 0x40) != 0;

    /// <summary>True for the loopback interface (IFF_LOOPBACK).</summary>
    public bool IsLoopback => (Flags & 0x8) != 0;

    /// <summary>True for a link with one other end, such as PPP (IFF_POINTOPOINT).</summary>
    public bool IsPointToPoint => (Flags & 0x10) != 0;
}

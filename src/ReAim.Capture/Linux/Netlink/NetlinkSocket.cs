using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>
/// A netlink socket that talks to the kernel only: what other processes send to it is refused. It never waits: the kernel
/// has answered a request by the time that <see cref="Send"/> returns.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    /// <summary>A full batch goes in one call, whatever the machine allows by default.</summary>
    private const int SendBuffer = 512 << 10;

    private const uint AddressLength = 12;

    private uint _sequence;

    private NetlinkSocket(SafeFileHandle handle, uint port)
    {
        Handle = handle;
        Port = port;
    }

    /// <summary>The socket.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Its descriptor, for <see cref="LibC.Poll"/>.</summary>
    public int Descriptor => (int)Handle.DangerousGetHandle();

    /// <summary>The number that the kernel gave it.</summary>
    public uint Port { get; }

    /// <summary>Opens one.</summary>
    /// <param name="protocol">Which part of the kernel.</param>
    /// <param name="groups">The multicast groups to hear, one bit each.</param>
    /// <param name="socket">The socket.</param>
    /// <returns>Why there is none.</returns>
    public static Errno TryOpen(NetlinkProtocol protocol, uint groups, out NetlinkSocket? socket)
    {
        socket = null;
        int descriptor = LibC.Socket(NetlinkAddress.NetlinkFamily, LibC.RawSocket | LibC.CloseOnExec, (int)protocol);
        if (descriptor < 0)
        {
            return LibC.LastError;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var address = new NetlinkAddress { Family = NetlinkAddress.NetlinkFamily, Groups = groups };
        var kernel = new NetlinkAddress { Family = NetlinkAddress.NetlinkFamily };
        uint length = AddressLength;
        if (LibC.Bind(handle, address, AddressLength) != 0
            || LibC.GetSocketName(handle, ref address, ref length) != 0
            || LibC.Connect(handle, kernel, AddressLength) != 0)
        {
            Errno error = LibC.LastError;
            handle.Dispose();
            return error;
        }

        socket = new NetlinkSocket(handle, address.Port);
        _ = LibC.SetSocketOption(handle, LibC.SocketLevel, LibC.SendBufferForce, SendBuffer, sizeof(int));
        _ = LibC.SetSocketOption(handle, LibC.NetlinkLevel, LibC.CappedAcknowledgements, 1, sizeof(int));
        _ = LibC.SetSocketOption(handle, LibC.NetlinkLevel, LibC.ExtendedAcknowledgements, 1, sizeof(int));
        return Errno.None;
    }

    /// <summary>A number for the next request.</summary>
    public uint NextSequence() => ++_sequence;

    /// <summary>Makes the receive buffer as large as asked, beyond the machine's limit where that is permitted.</summary>
    /// <param name="bytes">How large.</param>
    /// <returns>How large it is now, in the kernel's way of counting: twice what was granted.</returns>
    public int GrowReceiveBuffer(int bytes)
    {
        if (LibC.SetSocketOption(Handle, LibC.SocketLevel, LibC.ReceiveBufferForce, bytes, sizeof(int)) != 0)
        {
            _ = LibC.SetSocketOption(Handle, LibC.SocketLevel, LibC.ReceiveBuffer, bytes, sizeof(int));
        }

        int granted = 0;
        uint length = sizeof(int);
        _ = LibC.GetSocketOption(Handle, LibC.SocketLevel, LibC.ReceiveBuffer, ref granted, ref length);
        return granted;
    }

    /// <summary>Hands whole messages to the kernel, which carries them out before this returns.</summary>
    /// <returns>Why it did not take them.</returns>
    public Errno Send(ReadOnlySpan<byte> messages)
    {
        while (LibC.Send(Handle, messages, (nuint)messages.Length, flags: 0) < 0)
        {
            if (LibC.LastError is Errno error and not Errno.Interrupted)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>Takes what the kernel sent.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="received">What came.</param>
    /// <returns>Why nothing came: <see cref="Errno.Again"/> if nothing is there.</returns>
    public Errno Receive(Span<byte> buffer, out Span<byte> received)
    {
        received = default;
        nint length = LibC.Receive(Handle, buffer, (nuint)buffer.Length, LibC.DoNotWait | LibC.MessageTruncated);
        if (length < 0)
        {
            return LibC.LastError;
        }

        if (length > buffer.Length)
        {
            return Errno.MessageSize;
        }

        received = buffer[..(int)length];
        return Errno.None;
    }

    /// <summary>Sends one request; its answers are read with what this returns.</summary>
    /// <param name="request">One message whose sequence number is <paramref name="sequence"/>.</param>
    /// <param name="sequence">From <see cref="NextSequence"/>.</param>
    /// <param name="buffer">Where answers go: 32 KiB for a dump, which the kernel never exceeds.</param>
    public NetlinkReplies Ask(ReadOnlySpan<byte> request, uint sequence, Span<byte> buffer) =>
        new(this, sequence, buffer, Send(request));

    /// <summary>Carries out a transaction.</summary>
    /// <param name="batch">Its messages. Each change that fails answers, and the last one always, so silence is an error too.</param>
    /// <param name="buffer">Where answers go.</param>
    /// <returns>The first error there is.</returns>
    public Errno Commit(ReadOnlySpan<byte> batch, Span<byte> buffer)
    {
        Errno first = Send(batch);
        if (first != Errno.None)
        {
            return first;
        }

        bool isAnswered = false;
        while (true)
        {
            Errno error = Receive(buffer, out Span<byte> rest);
            if (error == Errno.Again)
            {
                return isAnswered ? first : Errno.BadMessage;
            }

            if (error is not (Errno.None or Errno.Interrupted))
            {
                // Answers that found no room are still failures.
                first = first == Errno.None ? error : first;
                if (error != Errno.NoBuffers)
                {
                    return first;
                }
            }

            while (NetlinkMessage.TryRead(ref rest, out NetlinkMessage message))
            {
                isAnswered |= message.IsError;
                first = first == Errno.None && message.IsError ? message.Error : first;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}

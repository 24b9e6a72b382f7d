using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux;

/// <summary>
/// The kernel's word that somebody changed rules of nftables which concern ours (linux/netfilter/nf_tables.h): those of our table, and
/// of the table in which iptables-nft has our chain. Elements of sets are no rules. Legacy iptables says nothing.
/// </summary>
internal sealed class RulesetEvents : IDisposable
{
    /// <summary>NFNLGRP_NFTABLES, the seventh group.</summary>
    private const uint Group = 1 << 6;

    private const byte NewElement = 12;
    private const byte DeletedElement = 14;
    private const byte NewGeneration = 15;

    /// <summary>NFTA_TABLE_NAME, and so in what belongs to a table.</summary>
    private const ushort TableAttribute = 1;

    /// <summary>A reload of long lists sends tens of thousands of messages at once.</summary>
    private const int ReceiveBuffer = 4 << 20;

    private const int LongestMessage = 64 << 10;

    private readonly NetlinkSocket _socket;
    private readonly Action _touched;
    private readonly WakePipe _end = new();
    private readonly byte[] _bytes = new byte[LongestMessage];
    private readonly Thread _thread;
    private volatile bool _ends;

    private RulesetEvents(NetlinkSocket socket, Action touched)
    {
        (_socket, _touched) = (socket, touched);
        _thread = new Thread(Listen) { IsBackground = true, Name = "ruleset events" };
        _thread.Start();
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="touched">Is called when rules were changed, or when that could not be heard.</param>
    /// <returns>Ends it; null if the kernel does not tell.</returns>
    public static RulesetEvents? TryWatch(Action touched)
    {
        if (NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, Group, out NetlinkSocket? socket) != Errno.None)
        {
            return null;
        }

        socket!.GrowReceiveBuffer(ReceiveBuffer);
        try
        {
            return new RulesetEvents(socket, touched);
        }
        catch (IOException)
        {
            // No descriptor is left.
            socket.Dispose();
            return null;
        }
    }

    /// <summary>True if a message says that rules which concern ours were changed.</summary>
    public static bool Concerns(in NetlinkMessage message)
    {
        (int subsystem, int kind) = (message.Type >> 8, message.Type & 0xFF);
        return subsystem == Netfilter.Tables
            && kind is not (NewElement or DeletedElement or NewGeneration)
            && message.Body is [Netfilter.Ipv4Family, ..]
            && NetlinkAttribute.TryFind(message.AttributesAfter(Netfilter.HeaderLength), TableAttribute, out NetlinkAttribute table)
            && (table.Text.SequenceEqual("reaim"u8) || table.Text.SequenceEqual("mangle"u8));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ends = true;
        _end.Wake();
        _thread.Join();
        _socket.Dispose();
        _end.Dispose();
    }

    private void Listen()
    {
        Span<PollDescriptor> waited =
        [
            new() { Descriptor = _socket.Descriptor, Events = PollDescriptor.Readable },
            new() { Descriptor = _end.Descriptor, Events = PollDescriptor.Readable },
        ];
        while (LibC.Poll(waited, milliseconds: -1) >= 0 && !_ends)
        {
            if (Drain())
            {
                _touched();
            }
        }
    }

    /// <summary>Reads all that waits.</summary>
    /// <returns>True if something of it concerns our rules, or could not be read: then only looking tells.</returns>
    private bool Drain()
    {
        bool concerns = false;
        while (true)
        {
            Errno error = _socket.Receive(_bytes, out Span<byte> rest);
            if (error == Errno.Again)
            {
                return concerns;
            }

            concerns |= error != Errno.None;
            while (NetlinkMessage.TryRead(ref rest, out NetlinkMessage message))
            {
                concerns |= Concerns(message);
            }
        }
    }
}

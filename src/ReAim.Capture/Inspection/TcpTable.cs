using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>All TCP connections of a capture, found by their two ends.</summary>
internal sealed class TcpTable(Limits limits, InspectionContext context)
{
    private const ushort OscarPort = 5190;

    /// <summary>A packet captured at two places, or on all interfaces, comes again within this time; no client asks again so soon.</summary>
    private const long LongestCopy = 50_000_000;

    private readonly Dictionary<(Ipv4Endpoint, Ipv4Endpoint), Conversation> _current = [];
    private readonly List<Conversation> _all = [];

    /// <summary>All of them, in order of appearance.</summary>
    public IReadOnlyList<Conversation> All => _all;

    /// <summary>Takes a segment.</summary>
    /// <returns>What is wrong with it, if anything.</returns>
    public Reason Take(in CapturedSegment segment, long time)
    {
        if (Find(segment, time) is not { } conversation)
        {
            return Reason.FlowTableFull;
        }

        conversation.LastTime = Math.Max(conversation.LastTime, time);
        bool fromClient = conversation.Client == segment.Source;
        TrackHandshake(conversation, segment, fromClient, time);
        TcpStream stream = conversation.Side(fromClient).Stream;
        if (segment.Flags.HasFlag(TcpFlags.Rst))
        {
            End(conversation, fromClient ? Ending.ResetByClient : Ending.ResetByServer);
            return Reason.None;
        }

        bool syn = segment.Flags.HasFlag(TcpFlags.Syn);
        bool fin = segment.Flags.HasFlag(TcpFlags.Fin);
        if (fin)
        {
            End(conversation, fromClient ? Ending.ClosedByClient : Ending.ClosedByServer);
        }

        bool belongs = stream.Take(segment.Sequence + (syn ? 1u : 0u), segment.Payload, segment.Missing, fin, time);

        if (segment.Flags.HasFlag(TcpFlags.Ack))
        {
            conversation.Side(!fromClient).Stream.Acknowledge(segment.Acknowledgement, time);
        }

        return belongs ? Reason.None : Reason.OutOfWindow;
    }

    /// <summary>A segment whose checksum is wrong: only its connection may be told.</summary>
    public void CountWrongChecksum(in CapturedSegment segment)
    {
        if (_current.TryGetValue(Key(segment.Source, segment.Destination), out Conversation? conversation))
        {
            conversation.WrongChecksums++;
        }
    }

    /// <summary>Somebody said that a segment could not be delivered.</summary>
    public void Take(in UnreachableNotice notice)
    {
        if (_current.TryGetValue(Key(notice.Source, notice.Destination), out Conversation? conversation) && conversation.SynAckTime is null)
        {
            conversation.Unreachable ??= $"{notice.What}, says {notice.Sender}";
        }
    }

    /// <summary>The capture ends.</summary>
    public void Finish()
    {
        foreach (Conversation conversation in _all)
        {
            conversation.FromClient.Stream.Finish(conversation.LastTime);
            conversation.FromServer.Stream.Finish(conversation.LastTime);
            conversation.Sort();
        }
    }

    private static (Ipv4Endpoint, Ipv4Endpoint) Key(Ipv4Endpoint one, Ipv4Endpoint other) =>
        (one.Address.Value, one.Port).CompareTo((other.Address.Value, other.Port)) <= 0 ? (one, other) : (other, one);

    private static void End(Conversation conversation, Ending ending)
    {
        if (conversation.Ending == Ending.Open)
        {
            conversation.Ending = ending;
        }
    }

    private static void TrackHandshake(Conversation conversation, in CapturedSegment segment, bool fromClient, long time)
    {
        bool syn = segment.Flags.HasFlag(TcpFlags.Syn);
        bool ack = segment.Flags.HasFlag(TcpFlags.Ack);
        if (syn && !ack && fromClient)
        {
            if (conversation.Syns == 0 || time - conversation.LastSynTime > LongestCopy)
            {
                conversation.Syns++;
                conversation.LastSynTime = time;
            }

            conversation.Isn = segment.Sequence;
        }
        else if (syn && ack && !fromClient)
        {
            conversation.SynAckTime ??= time;
        }
        else if (!syn && !segment.Flags.HasFlag(TcpFlags.Rst) && (conversation.Syns > 0 || conversation.SynAckTime is not null)
            && (fromClient ? ack : segment.Payload.Length > 0))
        {
            // Neither end says that before it has heard the other, even if the capture has not.
            conversation.EstablishedTime ??= time;
        }
    }

    private Conversation? Find(in CapturedSegment segment, long time)
    {
        (Ipv4Endpoint, Ipv4Endpoint) key = Key(segment.Source, segment.Destination);
        bool syn = segment.Flags.HasFlag(TcpFlags.Syn);
        bool ack = segment.Flags.HasFlag(TcpFlags.Ack);
        if (_current.TryGetValue(key, out Conversation? conversation) && !(syn && IsAnother(conversation, segment, ack)))
        {
            return conversation;
        }

        if (_all.Count == limits.MaxConnections)
        {
            limits.Note($"connection-limit: only the first {limits.MaxConnections} connections were followed.");
            return null;
        }

        bool sourceIsClient = syn ? !ack : IsServer(segment.Destination, segment.Source);
        (Ipv4Endpoint client, Ipv4Endpoint server) = sourceIsClient ? (segment.Source, segment.Destination) : (segment.Destination, segment.Source);
        conversation = new Conversation(_all.Count + 1, client, server, time, limits, context);
        _all.Add(conversation);
        _current[key] = conversation;
        return conversation;
    }

    /// <summary>True if a SYN begins another connection between the same ends.</summary>
    private static bool IsAnother(Conversation conversation, in CapturedSegment segment, bool ack) =>
        !ack && (conversation.Syns == 0 ? conversation.SynAckTime is null : conversation.Isn != segment.Sequence || conversation.Client != segment.Source);

    /// <summary>Without a SYN the ports must tell which end listened.</summary>
    private static bool IsServer(Ipv4Endpoint one, Ipv4Endpoint other) =>
        (one.Port == OscarPort) != (other.Port == OscarPort) ? one.Port == OscarPort : one.Port <= other.Port;
}

using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>A TCP connection, or the attempt at one, from its SYN or from where the capture met it.</summary>
internal sealed class Conversation
{
    private List<Step> _steps = [];

    /// <summary>Makes one.</summary>
    public Conversation(int number, Ipv4Endpoint client, Ipv4Endpoint server, long time, Limits limits, InspectionContext context)
    {
        (Number, Client, Server, FirstTime, LastTime) = (number, client, server, time, time);
        Limits = limits;
        Context = context;
        FromClient = new Half(this, isClient: true);
        FromServer = new Half(this, isClient: false);
    }

    /// <summary>Counts from 1, in order of appearance.</summary>
    public int Number { get; }

    /// <summary>Who connected.</summary>
    public Ipv4Endpoint Client { get; }

    /// <summary>To whom.</summary>
    public Ipv4Endpoint Server { get; }

    /// <summary>When its first segment was seen: nanoseconds since 1970.</summary>
    public long FirstTime { get; }

    /// <summary>When its last segment was seen.</summary>
    public long LastTime { get; set; }

    /// <summary>True if the capture has no SYN of it.</summary>
    public bool MetInMidStream => Syns == 0 && SynAckTime is null;

    /// <summary>How often the client asked.</summary>
    public int Syns { get; set; }

    /// <summary>When the client asked last.</summary>
    public long LastSynTime { get; set; }

    /// <summary>The sequence number of the client's SYN.</summary>
    public uint Isn { get; set; }

    /// <summary>When the server answered first.</summary>
    public long? SynAckTime { get; set; }

    /// <summary>When the client's answer to that was seen: the connection stands.</summary>
    public long? EstablishedTime { get; set; }

    /// <summary>What a router or the host said when the SYN could not be delivered.</summary>
    public string? Unreachable { get; set; }

    /// <summary>How it ended.</summary>
    public Ending Ending { get; set; }

    /// <summary>Segments with a wrong checksum, whose bytes were not read.</summary>
    public int WrongChecksums { get; set; }

    /// <summary>What it speaks.</summary>
    public ConnectionKind Kind { get; set; }

    /// <summary>True if bytes by which it would have been recognised are not in the capture: lost, or cut by the snap length.</summary>
    public bool LacksBeginning { get; set; }

    /// <summary>The client's bytes.</summary>
    public Half FromClient { get; }

    /// <summary>The server's bytes.</summary>
    public Half FromServer { get; }

    /// <summary>The client's screen name, if it was said.</summary>
    public string? Owner { get; set; }

    /// <summary>What the server offers on this connection, if it was said.</summary>
    public string? Service { get; set; }

    /// <summary>The cookie a peer connection or a proxy connection named, if any.</summary>
    public ulong? PeerCookie { get; set; }

    /// <summary>The client's screen name as its Direct IM says it, if it does.</summary>
    public string? PeerName { get; set; }

    /// <summary>True once the client of a peer connection said what one says: a header, or bytes that are not in the capture where one must be.</summary>
    public bool HasClientSpoken { get; set; }

    /// <summary>The same of its server.</summary>
    public bool HasServerSpoken { get; set; }

    /// <summary>Bytes of files and messages that a peer connection carried, without its headers.</summary>
    public long PeerPayload { get; set; }

    /// <summary>Bytes that passed, both ways, whether the capture has them or not.</summary>
    public long AllBytes => FromClient.Stream.AllBytes + FromServer.Stream.AllBytes;

    /// <summary>The ladder.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Lines that are not in the ladder because it was full.</summary>
    public int StepsLeftOut { get; private set; }

    /// <summary>What the inspection may use.</summary>
    public Limits Limits { get; }

    /// <summary>What all connections of an inspection share.</summary>
    public InspectionContext Context { get; }

    /// <summary>True if somebody answered.</summary>
    public bool IsReached => SynAckTime is not null || EstablishedTime is not null || MetInMidStream;

    /// <summary>One direction.</summary>
    public Half Side(bool fromClient) => fromClient ? FromClient : FromServer;

    /// <summary>Adds a line to the ladder.</summary>
    public void Add(Step step)
    {
        if (Limits.TryStep())
        {
            _steps.Add(step);
        }
        else
        {
            StepsLeftOut++;
        }

        if (step.Rendezvous is { } message)
        {
            Context.Rendezvous.Take(message);
        }
    }

    /// <summary>Puts the ladder in order of time: frames that were proven late stand where they came.</summary>
    public void Sort() => _steps = [.. _steps.OrderBy(step => step.Time)];
}

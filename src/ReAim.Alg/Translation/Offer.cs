using System.Text;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>A rendezvous offer that has a mapping, keyed by its flow and its outer cookie. Pooled.</summary>
public sealed class Offer
{
    /// <summary>The longest peer name kept; the rest is cut off.</summary>
    public const int MaxPeerLength = 97;

    private readonly byte[] _peer = new byte[MaxPeerLength];
    private int _peerLength;

    internal Offer()
    {
    }

    /// <summary>The flow on which the offer was made.</summary>
    public FlowKey Flow { get; internal set; }

    /// <summary>The eight bytes of the outer ICBM cookie, as a big-endian number.</summary>
    public ulong Cookie { get; internal set; }

    /// <summary>What that flow speaks.</summary>
    public ProtocolDescriptor? Protocol { get; internal set; }

    /// <summary>What is offered, as the protocol numbers it: for OSCAR the capability's third and fourth byte (PROTOCOL 3.1).</summary>
    public ushort Capability { get; internal set; }

    /// <summary>The SNAC request id of the message, by which the server reports an error.</summary>
    public uint RequestId { get; internal set; }

    /// <summary>The translation.</summary>
    public Mapping Mapping { get; internal set; }

    /// <summary>When the offer was made, in nanoseconds of the caller's clock.</summary>
    public long Opened { get; internal set; }

    /// <summary>True if the offer ends by itself some time; a listener does not while its client is signed on.</summary>
    public bool HasDeadline => Deadline < Engine.EndOfTime;

    /// <summary>When the offer gives its mapping back if nothing happens before.</summary>
    public long Deadline { get; internal set; }

    /// <summary>Why it will end at <see cref="Deadline"/>.</summary>
    public Reason DeadlineReason { get; internal set; }

    /// <summary>The host that connected; 0.0.0.0 before one did.</summary>
    public Ipv4Address ConnectedFrom { get; internal set; }

    /// <summary>To whom the offer was made: the bytes of the screen name as sent; none for a listener.</summary>
    public ReadOnlySpan<byte> Peer => _peer.AsSpan(0, _peerLength);

    /// <summary>The screen name as text; bytes that are not ASCII become '?'.</summary>
    public string PeerName => Encoding.ASCII.GetString(Peer);

    /// <summary>
    /// True if it is no rendezvous but a listener that its client has told the server of: anyone may connect, as often as he
    /// likes, until the client signs off (PROTOCOL 4.1). A flow has one at most.
    /// </summary>
    public bool IsListener { get; internal set; }

    /// <summary>The table's entry; its ends are <see cref="Mapping"/>.</summary>
    internal MappingEntry Entry { get; set; } = null!;

    /// <summary>True once its opening was reported.</summary>
    internal bool Announced { get; set; }

    /// <summary>When its message came last: the same rendezvous may be offered again.</summary>
    internal long Renewed { get; set; }

    /// <summary>When the peer of <see cref="ConnectedFrom"/> connected, or a neighbour accepted.</summary>
    internal long ConnectedAt { get; set; }

    /// <summary>True once a peer behind this gateway was told the inside address: its connection may never come by here.</summary>
    internal bool IsToNeighbour { get; set; }

    /// <summary>True once such a peer has accepted, at <see cref="ConnectedAt"/>.</summary>
    internal bool IsAcceptedNearby { get; set; }

    /// <summary>
    /// True if its peer may know the inside address: then nobody on the LAN is turned back at the public one, for both ways at once
    /// would lead to one listener (PROTOCOL 7.7). Changed by <see cref="OfferBook.Tell"/> alone.
    /// </summary>
    internal bool TellsInside { get; set; }

    /// <summary>Changes whenever the object is given back, so that an old reference can be told from a new one.</summary>
    internal int Version { get; set; }

    /// <summary>Its place among the open offers.</summary>
    internal int Index { get; set; }

    /// <summary>Screen names are compared without blanks and case (PROTOCOL 2.2).</summary>
    internal bool IsFor(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> mine = Peer;
        while (true)
        {
            mine = mine.TrimStart((byte)' ');
            name = name.TrimStart((byte)' ');
            if (mine.IsEmpty || name.IsEmpty)
            {
                return mine.IsEmpty == name.IsEmpty || _peerLength == MaxPeerLength;
            }

            if (Lower(mine[0]) != Lower(name[0]))
            {
                return false;
            }

            mine = mine[1..];
            name = name[1..];
        }
    }

    internal void SetPeer(ReadOnlySpan<byte> name)
    {
        _peerLength = Math.Min(name.Length, MaxPeerLength);
        name[.._peerLength].CopyTo(_peer);
    }

    private static byte Lower(byte letter) => letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
}

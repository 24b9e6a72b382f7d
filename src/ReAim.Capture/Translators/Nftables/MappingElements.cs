using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Translators.Nftables;

/// <summary>
/// The elements of our table's sets: which public ends are mapped, where they lead, which are not for the LAN, which servers were learnt. They disappear
/// by themselves when their lease ends, so that nothing stays open behind a process that died. The table itself is made by
/// others. Each call is one transaction, done when it returns.
/// </summary>
internal sealed class MappingElements : IDisposable
{
    private const string PublicEnds = "public_ends";
    private const string Mappings = "mappings";
    private const string InsideTold = "inside_told";
    private const string Servers = "servers";

    /// <summary>Each mapping is an element of two sets.</summary>
    private const int MappingsPerBatch = ElementBatch.MaxElements / 2;

    private readonly NetlinkSocket _socket;
    private readonly ElementBatch _batch = new();
    private readonly byte[] _answers = new byte[8 * 1024];

    private MappingElements(NetlinkSocket socket) => _socket = socket;

    /// <summary>The kernel's error of the last call.</summary>
    public Errno LastError { get; private set; }

    /// <summary>Opens the way to them.</summary>
    /// <returns>Why it cannot be opened.</returns>
    public static Errno TryOpen(out MappingElements? elements)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        elements = socket is null ? null : new MappingElements(socket);
        return error;
    }

    /// <summary>Opens a mapping, or renews it.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="lease">How long it stays from now on.</param>
    public ElementAnswer Install(Mapping mapping, TimeSpan lease) => PutAll([mapping], lease);

    /// <summary>Renews mappings; where all cannot be renewed together, each by itself.</summary>
    /// <param name="mappings">Any number.</param>
    /// <param name="lease">How long they stay from now on.</param>
    /// <param name="answers">What became of each: as many.</param>
    public void Renew(ReadOnlySpan<Mapping> mappings, TimeSpan lease, Span<ElementAnswer> answers)
    {
        while (!mappings.IsEmpty)
        {
            int count = Math.Min(mappings.Length, MappingsPerBatch);
            ElementAnswer together = PutAll(mappings[..count], lease);
            for (int i = 0; i < count; i++)
            {
                answers[i] = together == ElementAnswer.Done ? together : PutAll([mappings[i]], lease);
            }

            mappings = mappings[count..];
            answers = answers[count..];
        }
    }

    /// <summary>Closes a mapping, whether it is still open or not. Its connections go on.</summary>
    public ElementAnswer Remove(Mapping mapping)
    {
        Begin();
        _batch.Remove(PublicEnds, mapping.Public, value: null);
        _batch.Remove(Mappings, mapping.Public, mapping.Lan);
        _batch.Remove(InsideTold, mapping.Public, value: null);
        return Commit();
    }

    /// <summary>Closes all mappings.</summary>
    public ElementAnswer Flush()
    {
        Begin();
        _batch.Flush(PublicEnds);
        _batch.Flush(Mappings);
        _batch.Flush(InsideTold);
        return Commit();
    }

    /// <summary>Leads LAN hosts that connect to the public ends of mappings no longer on, or goes on with that.</summary>
    /// <param name="mappings">Any number.</param>
    /// <param name="lease">How long from now on.</param>
    /// <returns>The first that is not <see cref="ElementAnswer.Done"/>.</returns>
    public ElementAnswer KeepNeighboursOut(ReadOnlySpan<Mapping> mappings, TimeSpan lease)
    {
        ElementAnswer worst = ElementAnswer.Done;
        while (!mappings.IsEmpty)
        {
            int count = Math.Min(mappings.Length, ElementBatch.MaxElements);
            Begin();
            foreach (ref readonly Mapping mapping in mappings[..count])
            {
                _batch.Put(InsideTold, mapping.Public, value: null, lease);
            }

            ElementAnswer answer = Commit();
            worst = worst == ElementAnswer.Done ? answer : worst;
            mappings = mappings[count..];
        }

        return worst;
    }

    /// <summary>Leads LAN hosts that connect to a mapping's public end on, as everybody.</summary>
    public ElementAnswer LetNeighboursIn(Mapping mapping)
    {
        Begin();
        _batch.Remove(InsideTold, mapping.Public, value: null);
        return Commit();
    }

    /// <summary>Has new connections to a host and port watched.</summary>
    /// <param name="server">The end.</param>
    /// <param name="lease">How long from now on.</param>
    public ElementAnswer AddServer(Ipv4Endpoint server, TimeSpan lease)
    {
        Begin();
        _batch.Put(Servers, server, value: null, lease);
        return Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private ElementAnswer PutAll(ReadOnlySpan<Mapping> mappings, TimeSpan lease)
    {
        Begin();
        foreach (ref readonly Mapping mapping in mappings)
        {
            _batch.Put(PublicEnds, mapping.Public, value: null, lease);
            _batch.Put(Mappings, mapping.Public, mapping.Lan, lease);
        }

        return Commit();
    }

    private void Begin() => _batch.Begin(_socket.NextSequence());

    private ElementAnswer Commit()
    {
        LastError = _socket.Commit(_batch.End(), _answers);
        return ElementBatch.Meaning(LastError);
    }
}

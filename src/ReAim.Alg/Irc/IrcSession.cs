using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Irc;

/// <summary>Reads one IRC connection: lines in both directions, of which few matter.</summary>
internal sealed class IrcSession : Session
{
    /// <summary>A message of 512 bytes behind the longest tags (PROTOCOL-IRC 1).</summary>
    private const int LongestLine = 512 + 8_192;

    private LineReader _outbound = new(LongestLine);
    private LineReader _inbound = new(LongestLine);
    private IrcRegistration _registration;
    private IrcLineProof? _outboundProof;
    private IrcLineProof? _inboundProof;

    /// <inheritdoc/>
    public override long Needed(Direction direction) => Reader(direction).Needed;

    /// <inheritdoc/>
    public override long Undecided(Direction direction)
    {
        ref LineReader reader = ref Reader(direction);
        int first = DccMessage.FirstEditable(reader.Collected, direction);
        return first < 0 ? long.MaxValue : reader.CollectedOffset + first;
    }

    /// <inheritdoc/>
    public override void Read(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
    {
        ref LineReader reader = ref Reader(context.Side.Direction);
        while (context.Flow.State is FlowState.Candidate or FlowState.Recognised
            && reader.TryRead(context, ref bytes, out ReadOnlySpan<byte> line, out long lineOffset))
        {
            if (context.Flow.State == FlowState.Candidate)
            {
                Register(context, line);
            }
            else
            {
                Take(context, line, lineOffset);
            }
        }
    }

    /// <inheritdoc/>
    public override Framing Miss(SessionContext context, long until)
    {
        Reader(context.Side.Direction).Return(context);
        Proof(context.Side.Direction) = null;
        return Framing.Sought;
    }

    /// <inheritdoc/>
    public override Framing Seek(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
    {
        Direction direction = context.Side.Direction;
        IrcLineProof proof = Proof(direction) ??= new IrcLineProof(direction);
        Framing framing = proof.Take(bytes, offset, mayEnd: direction == Direction.Outbound || context.Flow.State == FlowState.Recognised);
        if (framing == Framing.Found)
        {
            Reader(direction) = new LineReader(LongestLine, proof.Next);
        }

        return framing;
    }

    /// <inheritdoc/>
    public override void Close(SessionContext context)
    {
        _outbound.Return(context);
        _inbound.Return(context);
    }

    private void Register(SessionContext context, ReadOnlySpan<byte> line)
    {
        Doubt doubt = context.Side.Direction == Direction.Outbound ? _registration.TakeClient(line) : _registration.TakeServer(line);
        if (doubt != Doubt.None)
        {
            context.Decline(doubt, line);
        }
        else if (_registration.IsWelcomed)
        {
            context.Recognise(Reason.Recognised);
        }
    }

    private static void Take(SessionContext context, ReadOnlySpan<byte> line, long offset)
    {
        if (DccMessage.TryFind(line, out DccMessage dcc))
        {
            DccRules.Take(context, dcc, offset);
        }
        else if (DccMessage.IsMeant(line))
        {
            context.Judge(context.Side.Direction == Direction.Outbound ? Reason.Malformed : Reason.OfferFromOutside);
        }
        else if (IrcMessage.TryRead(line, out IrcMessage message)
            && message.Is(context.Side.Direction == Direction.Outbound ? "QUIT"u8 : "ERROR"u8))
        {
            context.SignOff();
        }
    }

    private ref IrcLineProof? Proof(Direction direction) => ref direction == Direction.Outbound ? ref _outboundProof : ref _inboundProof;

    private ref LineReader Reader(Direction direction) => ref direction == Direction.Outbound ? ref _outbound : ref _inbound;
}

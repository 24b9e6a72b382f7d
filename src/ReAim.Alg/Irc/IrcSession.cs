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
    private bool _hasNick;
    private bool _hasUser;

    /// <inheritdoc/>
    public override long Needed(Direction direction) => Reader(direction).Needed;

    /// <inheritdoc/>
    public override long Undecided(Direction direction)
    {
        ref LineReader reader = ref Reader(direction);
        int first = DccOffer.FirstEditable(reader.Collected);
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
    public override void Close(SessionContext context)
    {
        _outbound.Return(context);
        _inbound.Return(context);
    }

    /// <summary>
    /// Until the server has welcomed the client, each line must be one of a registration: no other protocol begins so on both sides
    /// (PROTOCOL-IRC 3).
    /// </summary>
    private void Register(SessionContext context, ReadOnlySpan<byte> line)
    {
        if (context.Side.Direction == Direction.Outbound)
        {
            ReadOnlySpan<byte> command = IrcLine.Command(line);
            _hasNick |= IrcLine.Is(command, "NICK"u8);
            _hasUser |= IrcLine.Is(command, "USER"u8);
            if (!IrcLine.IsRegistration(command))
            {
                context.Reject(Reason.NotRecognised);
            }
        }
        else if (IrcLine.IsWelcome(line))
        {
            if (_hasNick && _hasUser)
            {
                context.Recognise(Reason.Recognised);
            }
            else
            {
                context.Reject(Reason.NotRecognised);
            }
        }
        else if (!IrcLine.MayComeBeforeWelcome(line))
        {
            context.Reject(Reason.NotRecognised);
        }
    }

    private static void Take(SessionContext context, ReadOnlySpan<byte> line, long offset)
    {
        if (DccOffer.TryParse(line, out DccOffer offer))
        {
            DccRules.Take(context, line, offset, offer);
        }
        else if (IrcLine.IsGoodbye(line, context.Side.Direction))
        {
            context.SignOff();
        }
    }

    private ref LineReader Reader(Direction direction) => ref direction == Direction.Outbound ? ref _outbound : ref _inbound;
}

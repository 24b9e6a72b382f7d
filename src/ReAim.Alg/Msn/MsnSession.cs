using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>
/// Reads one connection of MSN Messenger: to a switchboard, where messages are exchanged, or to a notification server, which says
/// where switchboards are.
/// </summary>
internal sealed class MsnSession : Session
{
    private CommandReader _outbound = new(Direction.Outbound);
    private CommandReader _inbound = new(Direction.Inbound);
    private MsnHandshake _handshake;
    private MsnCommandProof? _outboundProof;
    private MsnCommandProof? _inboundProof;
    private uint _transaction;

    /// <summary>Whom messages go to: who joined last.</summary>
    public byte[]? Participant { get; private set; }

    /// <summary>The messages whose size was changed; null while there are none.</summary>
    public SentSizes? SentSizes { get; set; }

    /// <inheritdoc/>
    public override bool ExpectsEdits => SentSizes is { Count: > 0 };

    /// <inheritdoc/>
    public override bool HasOffers => !_handshake.IsNotification;

    /// <inheritdoc/>
    public override long Needed(Direction direction) =>
        direction == Direction.Outbound && _handshake is { IsDone: true, IsNotification: true } ? long.MaxValue : Reader(direction).Needed;

    /// <inheritdoc/>
    public override long Undecided(Direction direction)
    {
        ref CommandReader reader = ref Reader(direction);
        int first = direction == Direction.Outbound
            ? MsnCommand.FindLength(reader.Collected)
            : MsnRules.FirstEditableOfAnswer(this, reader.Collected, reader.CollectedLine);
        return first < 0 ? long.MaxValue : reader.CollectedOffset + first;
    }

    /// <inheritdoc/>
    public override void Read(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
    {
        Direction direction = context.Side.Direction;
        ref CommandReader reader = ref Reader(direction);
        while (context.Flow.State is FlowState.Candidate or FlowState.Recognised)
        {
            if (!reader.TryRead(context, ref bytes, out ReadOnlySpan<byte> command, out int lineLength))
            {
                Pause(context, ref reader, bytes);
                return;
            }

            if (!_handshake.IsDone)
            {
                Meet(context, command[..lineLength], reader.Needed - 1);
            }
            else if (_handshake.IsNotification)
            {
                TakeReferral(context, command[..lineLength], reader.Needed - 1);
            }
            else
            {
                Take(context, command, lineLength, reader.Needed - command.Length);
            }
        }
    }

    /// <inheritdoc/>
    public override Framing Miss(SessionContext context, long until)
    {
        Direction direction = context.Side.Direction;
        ref CommandReader reader = ref Reader(direction);
        if (reader.CollectedLine > 0)
        {
            // Where the next command begins is known all the same.
            reader.Skip(context);
        }

        if (reader.Needed >= until)
        {
            return Framing.Found;
        }

        reader.End(context);
        Proof(direction) = new MsnCommandProof(direction, _transaction);
        return Framing.Sought;
    }

    /// <inheritdoc/>
    public override Framing Seek(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
    {
        Direction direction = context.Side.Direction;
        MsnCommandProof proof = Proof(direction) ??= new MsnCommandProof(direction, transaction: 0);
        bool mayEnd = direction == Direction.Outbound || context.Flow.State == FlowState.Recognised;
        Framing framing = proof.Take(context, ref Reader(direction), bytes, offset, mayEnd);
        if (framing == Framing.Misfit)
        {
            // Other bytes may look like a command. Perhaps this segment begins with one.
            proof.Reset();
            framing = proof.Take(context, ref Reader(direction), bytes, offset, mayEnd);
        }

        if (framing == Framing.Misfit)
        {
            proof.Reset();
        }
        else if (framing == Framing.Found && !_handshake.IsDone && direction == Direction.Outbound)
        {
            _handshake.Resume(proof.IsNotification);
            _transaction = proof.Transaction;
        }

        return framing;
    }

    /// <inheritdoc/>
    public override void Close(SessionContext context)
    {
        _outbound.End(context);
        _inbound.End(context);
    }

    /// <summary>No command ends in what has come: the rest of one that cannot matter need not be collected.</summary>
    private void Pause(SessionContext context, ref CommandReader reader, ReadOnlySpan<byte> rest)
    {
        if (reader.IsLost && !_handshake.IsDone)
        {
            context.Decline(context.Side.Direction == Direction.Outbound ? Doubt.ClientWord : Doubt.ServerWord, reader.Collected.IsEmpty ? rest : reader.Collected);
        }
        else if (reader.IsLost)
        {
            context.Reject(Reason.FramingLost);
        }
        else if (reader.CollectedLine > 0 && (_handshake.IsNotification || !MsnRules.MayMatter(reader.Collected, reader.CollectedLine)))
        {
            reader.Skip(context);
        }
    }

    private void Meet(SessionContext context, ReadOnlySpan<byte> line, long last)
    {
        bool isClients = context.Side.Direction == Direction.Outbound;
        Doubt doubt = isClients ? _handshake.TakeClient(line) : _handshake.TakeServer(line);
        if (doubt != Doubt.None)
        {
            context.Decline(doubt, line);
            return;
        }

        if (isClients)
        {
            return;
        }

        TakeParticipant(line);
        if (!_handshake.IsDone)
        {
            return;
        }

        context.Recognise(Reason.Recognised);
        if (_handshake.IsNotification)
        {
            _outbound.End(context);
            TakeReferral(context, line, last);
        }
    }

    private void Take(SessionContext context, ReadOnlySpan<byte> command, int lineLength, long offset)
    {
        ReadOnlySpan<byte> line = command[..lineLength];
        if (context.Side.Direction == Direction.Outbound && TextNumber.TryRead(Words.Get(line, 1), out uint transaction))
        {
            _transaction = transaction;
        }

        if (MsnCommand.Is(line, "MSG"u8))
        {
            MsnRules.Take(this, context, command, lineLength, offset);
        }
        else if (context.Side.Direction == Direction.Inbound)
        {
            TakeParticipant(line);
        }
        else if (MsnCommand.Is(line, "OUT"u8))
        {
            context.SignOff();
        }
    }

    private void TakeParticipant(ReadOnlySpan<byte> line)
    {
        const int JoinedWord = 1, RosterWord = 4;
        int word = MsnCommand.Is(line, "JOI"u8) ? JoinedWord : MsnCommand.Is(line, "IRO"u8) ? RosterWord : -1;
        ReadOnlySpan<byte> name = word > 0 ? Words.Get(line, word) : default;
        if (!name.IsEmpty && !_handshake.IsOwnAccount(name))
        {
            Participant = name[..Math.Min(name.Length, Translation.Offer.MaxPeerLength)].ToArray();
        }
    }

    /// <summary>A notification server says where another server, or a switchboard, is.</summary>
    private static void TakeReferral(SessionContext context, ReadOnlySpan<byte> line, long last)
    {
        const int RingWord = 2, TransferWord = 3;
        int word = MsnCommand.Is(line, "RNG"u8) ? RingWord : MsnCommand.Is(line, "XFR"u8) ? TransferWord : -1;
        if (word > 0 && HostAndPort.TryParse(Words.Get(line, word), MsnProtocol.Port, out string host, out ushort port))
        {
            context.Expect(host, port, last);
        }
    }

    private ref MsnCommandProof? Proof(Direction direction) => ref direction == Direction.Outbound ? ref _outboundProof : ref _inboundProof;

    private ref CommandReader Reader(Direction direction) => ref direction == Direction.Outbound ? ref _outbound : ref _inbound;
}

using ReAim.Alg.Streams;

namespace ReAim.Alg.Oscar;

/// <summary>Reads one OSCAR connection: two directions of frames, of which few matter.</summary>
internal sealed class OscarSession : Session
{
    private FlapReader _outbound;
    private FlapReader _inbound;
    private FramingProof? _outboundProof;
    private FramingProof? _inboundProof;

    /// <inheritdoc/>
    public override long Needed(Direction direction) => Reader(direction).Needed;

    /// <inheritdoc/>
    public override long Undecided(Direction direction) => Reader(direction).Undecided;

    /// <inheritdoc/>
    public override void Read(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
    {
        ref FlapReader reader = ref Reader(context.Side.Direction);
        while (!bytes.IsEmpty && context.Flow.State is FlowState.Candidate or FlowState.Recognised)
        {
            if (!reader.TryReadHeader(ref bytes, out bool lost))
            {
                if (lost)
                {
                    Lose(context);
                }

                return;
            }

            if (!reader.HelloDone && !Hello.MayBe(reader.Channel, reader.BodyLength))
            {
                Lose(context);
            }
            else if (!IsWanted(context.Side.Direction, ref reader, bytes))
            {
                reader.SkipBody(context, ref bytes);
            }
            else if (reader.TryReadBody(context, ref bytes, out ReadOnlySpan<byte> body, out long bodyOffset))
            {
                TakeFrame(context, ref reader, body, bodyOffset);
                reader.EndFrame(context);
            }
            else if (!reader.HelloDone && !reader.IsInBody)
            {
                // A hello that could not be collected cannot be checked.
                Lose(context);
            }
            else if (reader.Channel == Flap.Snac)
            {
                reader.MarkUndecided(AddressLocator.FirstEditable(context, reader.Collected, reader.BodyLength));
            }
        }
    }

    /// <inheritdoc/>
    public override Framing Miss(SessionContext context, long until)
    {
        ref FlapReader reader = ref Reader(context.Side.Direction);
        if (reader.IsInBody)
        {
            // Where the next frame begins is known all the same.
            ReadOnlySpan<byte> none = default;
            reader.SkipBody(context, ref none);
        }

        if (reader.Needed >= until)
        {
            return Framing.Found;
        }

        reader.EndFrame(context);
        ref FramingProof? proof = ref _outboundProof;
        if (context.Side.Direction == Direction.Inbound)
        {
            proof = ref _inboundProof;
        }

        proof = new FramingProof(reader.LastSequence, reader.Needed);
        return Framing.Sought;
    }

    /// <inheritdoc/>
    public override Framing Seek(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
    {
        bool inbound = context.Side.Direction == Direction.Inbound;
        ref FlapReader reader = ref Reader(context.Side.Direction);
        FramingProof proof = inbound ? _inboundProof ??= new() : _outboundProof ??= new();

        // What the server says is of no use before what the client says can be helped.
        bool mayEnd = !inbound || context.Flow.State == FlowState.Recognised;
        Framing framing = proof.Take(context, ref reader, bytes, offset, mayEnd);
        if (framing == Framing.Misfit && (inbound || context.Flow.State == FlowState.Recognised))
        {
            // Other bytes may look like the beginning of a frame. Perhaps this segment is one.
            proof.Reset();
            framing = proof.Take(context, ref reader, bytes, offset, mayEnd);
            if (framing == Framing.Misfit)
            {
                proof.Reset();
            }
        }

        reader.HelloDone = framing == Framing.Found;
        return framing;
    }

    /// <inheritdoc/>
    public override void Close(SessionContext context)
    {
        _outbound.EndFrame(context);
        _inbound.EndFrame(context);
    }

    /// <summary>False if the frame's body need not be read. Most frames end here.</summary>
    private static bool IsWanted(Direction direction, ref FlapReader reader, ReadOnlySpan<byte> bytes) =>
        !reader.HelloDone
        || reader.Channel == Flap.SignOff
        || (reader.Channel == Flap.Snac && AddressLocator.MayMatter(direction, reader.Collected, bytes, reader.BodyLength));

    private void TakeFrame(SessionContext context, ref FlapReader reader, ReadOnlySpan<byte> body, long bodyOffset)
    {
        if (!reader.HelloDone)
        {
            TakeHello(context, ref reader, body);
        }
        else if (reader.Channel == Flap.SignOff)
        {
            if (context.Side.Direction == Direction.Inbound)
            {
                ServerReply.Read(context, body, bodyOffset, 0);
            }

            context.SignOff();
        }
        else if (Snac.TryParse(body, out Snac snac))
        {
            TakeSnac(context, body, bodyOffset, snac);
        }
        else
        {
            context.Reasons.Count(Reason.Malformed);
        }
    }

    private void TakeHello(SessionContext context, ref FlapReader reader, ReadOnlySpan<byte> body)
    {
        bool valid = context.Side.Direction == Direction.Outbound
            ? Hello.IsFromClient(reader.Channel, body)
            : Hello.IsFromServer(reader.Channel, body);
        if (!valid)
        {
            Lose(context);
            return;
        }

        reader.HelloDone = true;
        if (_outbound.HelloDone && _inbound.HelloDone)
        {
            context.Recognise(Reason.Recognised);
        }
    }

    private static void TakeSnac(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac)
    {
        bool inbound = context.Side.Direction == Direction.Inbound;
        switch (snac.Kind)
        {
            case Snac.IcbmToServer when !inbound:
            case Snac.IcbmToClient when inbound:
                RendezvousRules.TakeMessage(context, body, bodyOffset, snac);
                break;
            case Snac.IcbmClientError:
                RendezvousRules.TakeClientError(context, body, bodyOffset, snac);
                break;
            case Snac.IcbmError when inbound:
                RendezvousRules.TakeServerError(context, snac);
                break;
            case Snac.SetStatus when !inbound:
                IcqRules.TakeStatus(context, body, bodyOffset, snac);
                break;
            case Snac.LoginReply or Snac.ServiceRedirect or Snac.Migration when inbound:
                ServerReply.ReadSnac(context, body, bodyOffset, snac);
                break;
        }
    }

    private static void Lose(SessionContext context) =>
        context.Reject(context.Flow.State == FlowState.Recognised ? Reason.FramingLost : Reason.NotRecognised);

    private ref FlapReader Reader(Direction direction) => ref direction == Direction.Outbound ? ref _outbound : ref _inbound;
}

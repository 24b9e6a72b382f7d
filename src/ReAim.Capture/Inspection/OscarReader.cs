using System.Buffers.Binary;
using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>Turns the frames of one direction into the lines of a ladder.</summary>
internal sealed class OscarReader(Conversation conversation, bool fromClient)
{
    private const int VersionLength = 4;

    /// <summary>Takes a whole frame.</summary>
    public void Take(byte channel, ReadOnlySpan<byte> body, long time)
    {
        switch (channel)
        {
            case Flap.Hello:
                conversation.Add(TakeHello(body, time));
                break;
            case Flap.Snac:
                conversation.Add(TakeSnac(body, time));
                break;
            case Flap.SignOff:
                conversation.Add(new Step(time, fromClient, StepKind.SignOff) { Code = channel, Detail = SignOff(body) });
                break;
            case 5:
                conversation.Add(new Step(time, fromClient, StepKind.KeepAlive) { Code = channel });
                break;
            default:
                string detail = string.Create(CultureInfo.InvariantCulture, $"{body.Length} bytes");
                conversation.Add(new Step(time, fromClient, StepKind.OtherFrame) { Code = channel, Detail = detail });
                break;
        }
    }

    private Step TakeHello(ReadOnlySpan<byte> body, long time)
    {
        if (!Hello.IsFromServer(Flap.Hello, body))
        {
            return new Step(time, fromClient, StepKind.Malformed) { Code = Flap.Hello, Reason = Reason.Malformed, Detail = "a hello without version 1, or whose TLVs do not fit" };
        }

        var said = new List<string>();
        var tlvs = new TlvReader(body, VersionLength, body.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            switch (tlv.Type)
            {
                case 0x0001:
                    conversation.Owner = fromClient ? NetworkText.Read(tlv.Value) : conversation.Owner;
                    said.Add($"name {NetworkText.Read(tlv.Value)}");
                    break;
                case 0x0003:
                    said.Add($"client {NetworkText.Read(tlv.Value)}");
                    break;
                case 0x0006:
                    said.Add(string.Create(CultureInfo.InvariantCulture, $"login cookie of {tlv.Value.Length} bytes"));
                    break;
            }
        }

        return new Step(time, fromClient, StepKind.Hello) { Code = Flap.Hello, Detail = string.Join(", ", said) };
    }

    private Step TakeSnac(ReadOnlySpan<byte> body, long time)
    {
        if (!Snac.TryParse(body, out Snac snac) || snac.DataOffset > body.Length)
        {
            return new Step(time, fromClient, StepKind.Malformed)
            {
                Reason = Reason.Malformed,
                Detail = string.Create(CultureInfo.InvariantCulture, $"a SNAC of {body.Length} bytes without a whole header"),
            };
        }

        var step = new Step(time, fromClient, StepKind.Snac) { Code = snac.Kind };
        switch (snac.Kind)
        {
            case Snac.IcbmToServer or Snac.IcbmToClient:
                step = IcbmReader.TakeMessage(conversation, step, body, snac);
                break;
            case Snac.IcbmClientError:
                step = IcbmReader.TakeClientReply(conversation, step, body, snac);
                break;
            case Snac.IcbmError:
                step = step with { Detail = SnacDetails.Read(snac.Kind, body[snac.DataOffset..]) };
                conversation.Context.Rendezvous.TakeError(conversation, snac.RequestId, step.Detail);
                break;
            default:
                step = step with { Detail = SnacDetails.Read(snac.Kind, body[snac.DataOffset..]) };
                SnacDetails.Learn(conversation, fromClient, snac.Kind, body[snac.DataOffset..]);
                break;
        }

        return step.Rendezvous is { } message ? step with { Rendezvous = message with { RequestId = snac.RequestId } } : step;
    }

    private static string SignOff(ReadOnlySpan<byte> body)
    {
        var said = new List<string>();
        var tlvs = new TlvReader(body, 0, body.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            switch (tlv.Type)
            {
                case 0x0001:
                    said.Add($"name {NetworkText.Read(tlv.Value)}");
                    break;
                case 0x0005:
                    said.Add($"go to {NetworkText.Read(tlv.Value)}");
                    break;
                case 0x0008 when tlv.Value.Length == 2:
                    said.Add(string.Create(CultureInfo.InvariantCulture, $"error {tlv.Number}"));
                    break;
                case 0x0009 when tlv.Value.Length == 2:
                    said.Add(tlv.Number == 1 ? "signed on elsewhere" : string.Create(CultureInfo.InvariantCulture, $"reason {BinaryPrimitives.ReadUInt16BigEndian(tlv.Value)}"));
                    break;
            }
        }

        return string.Join(", ", said);
    }
}

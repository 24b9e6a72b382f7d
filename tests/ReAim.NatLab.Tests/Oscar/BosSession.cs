using System.Text;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>The server's end of a client's BOS connection: a few services, and the relaying of messages.</summary>
internal sealed class BosSession(OscarServer server, FlapStream stream, string name)
{
    private const ushort NotLoggedOn = 0x0004;

    /// <summary>Where the client listens for ICQ's direct connections, as it says; relayed unchanged.</summary>
    private byte[]? _directInfo;

    public string Name => name;

    public FlapStream Stream => stream;

    /// <summary>The address that the server sees, and puts into TLV 0004.</summary>
    public Ipv4Address Seen => stream.Connection.Remote.Address;

    public void Close()
    {
        stream.Send(4, []);
        stream.Connection.Close();
    }

    public async Task ServeAsync()
    {
        stream.Send(Snac.Of(0x0001_0003, Snac.FromServer, Families()));
        while (await stream.ReadAsync() is { Channel: not 4 } frame)
        {
            if (frame.Channel == 2 && Snac.Parse(frame.Body) is { } snac)
            {
                Answer(snac);
            }
        }
    }

    private void Answer(Snac snac)
    {
        switch (snac.Kind)
        {
            case 0x0001_0017:
                stream.Send(Snac.Of(0x0001_0018, snac.RequestId, snac.Data));
                break;
            case 0x0001_0006:
                // Five rate classes and their members: the longest of what every client is told.
                stream.Send(Snac.Of(0x0001_0007, snac.RequestId, U16(5), new byte[1_075]));
                break;
            case 0x0001_000E:
                stream.Send(Snac.Of(0x0001_000F, snac.RequestId, [(byte)name.Length], Encoding.ASCII.GetBytes(name), UserInfo()));
                break;
            case 0x0001_001E:
                _directInfo = TlvList.Parse(snac.Data).First(0x000C) ?? _directInfo;
                break;
            case 0x0004_0004:
                stream.Send(Snac.Of(0x0004_0005, snac.RequestId, U16(100), U32(3), U16(512), U16(999), U16(999), U32(0)));
                break;
            case 0x0004_0006 when Icbm.Parse(snac.Data) is { } message:
                Relay(snac, message);
                break;
            case 0x0004_000B when Icbm.Parse(snac.Data) is { } refusal:
                server.CountRelayed();
                server.Find(refusal.Name)?.Deliver(Snac.Of(snac.Kind, snac.RequestId, (refusal with { Name = name }).ToBytes()));
                break;
        }
    }

    private void Deliver(Snac snac) => stream.Send(snac);

    private void Relay(Snac snac, Icbm message)
    {
        BosSession? addressee = server.Find(message.Name);
        if (addressee is null)
        {
            stream.Send(Snac.Of(0x0004_0001, snac.RequestId, U16(NotLoggedOn)));
            return;
        }

        TlvList tlvs = TlvList.Parse(message.Rest);
        bool wantsAck = tlvs.Has(0x0003);
        tlvs.Remove(0x0003);
        tlvs.Remove(0x0006);
        if (message.Channel == Icbm.Rendezvous && RendezvousMessage.Parse(tlvs.First(0x0005)) is { Type: RendezvousMessage.Propose } proposal && proposal.Tlvs.Has(0x0003))
        {
            AddVerifiedAddress(proposal.Tlvs);
            tlvs.Replace(0x0005, proposal.ToBytes());
        }

        server.CountRelayed();
        addressee.Deliver(Snac.Of(0x0004_0007, Snac.FromServer, Head(message.Cookie, message.Channel, name), UserInfo(), tlvs.ToBytes()));
        if (wantsAck)
        {
            stream.Send(Snac.Of(0x0004_000C, snac.RequestId, Head(message.Cookie, message.Channel, message.Name)));
        }
    }

    /// <summary>Proxied proposals too: open-oscar-server asks only whether there is a 0003.</summary>
    private void AddVerifiedAddress(TlvList proposal)
    {
        byte[] seen = U32(Seen.Value);
        if (server.Style == ServerStyle.Overwrites)
        {
            proposal.Replace(0x0003, seen);
        }

        proposal.Append(0x0004, seen);
    }

    /// <summary>Warning level, number of TLVs, and these. 0005 is "member since", no rendezvous block.</summary>
    private byte[] UserInfo() =>
        Join(U16(0), U16((ushort)(_directInfo is null ? 6 : 7)), Tlv(0x0001, U16(0x0011)), Tlv(0x0006, U32(0x1002_0000)), Tlv(0x0005, U32(0x6B03_7FEC)), Tlv(0x0003, U32(0x6B03_8080)), Tlv(0x000D, Uuid(SendFile), Uuid(DirectIm)), Tlv(0x001E, U32(0)), _directInfo is null ? [] : Tlv(0x000C, _directInfo));

    private static byte[] Families() =>
        Join([.. new ushort[] { 1, 0x18, 0x10, 3, 0x13, 4, 0x15, 2, 1, 9, 0xA, 6, 8, 0xB }.Select(U16)]);
}

using System.Text;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A client's way to its BOS connection: a login connection, a cookie, a few questions.</summary>
internal sealed class SignOn(AimClient client)
{
    private const long Limit = 30 * Simulation.Second;

    private uint _request;

    /// <summary>The address the server told the client it has (TLV 000A); zero if it did not.</summary>
    public Ipv4Address External { get; private set; }

    /// <summary>The BOS connection, signed on; null if anything failed.</summary>
    public async Task<FlapStream?> RunAsync(Ipv4Endpoint server)
    {
        FlapStream? login = await OpenAsync(server, []);
        if (login is null)
        {
            return null;
        }

        byte[] name = Encoding.ASCII.GetBytes(client.Name);
        login.Send(Snac.Of(0x0017_0006, ++_request, Tlv(0x0001, name), Tlv(0x004B), Tlv(0x005A)));
        Snac? challenge = await ExpectAsync(login, 0x0017_0007);
        login.Send(Snac.Of(0x0017_0002, ++_request, Tlv(0x0001, name), Tlv(0x0025, new byte[16]), Tlv(0x004C), Tlv(0x0003, Encoding.ASCII.GetBytes(client.Style.Name)), Tlv(0x0016, U16(0x0109)), Tlv(0x000F, "en"u8.ToArray()), Tlv(0x000E, "us"u8.ToArray())));
        Snac? reply = challenge is null ? null : await ExpectAsync(login, 0x0017_0003);
        TlvList tlvs = TlvList.Parse(reply?.Data ?? []);
        login.Connection.Close();
        return tlvs.First(0x0005) is { } bos && tlvs.First(0x0006) is { } cookie && ParseEndpoint(bos) is { } endpoint
            ? await EnterAsync(endpoint, cookie)
            : null;
    }

    private async Task<FlapStream?> EnterAsync(Ipv4Endpoint bos, byte[] cookie)
    {
        FlapStream? stream = await OpenAsync(bos, Tlv(0x0006, cookie));
        if (stream is null || await ExpectAsync(stream, 0x0001_0003) is null)
        {
            return null;
        }

        stream.Send(Snac.Of(0x0001_0017, ++_request, [.. new ushort[] { 1, 4, 2, 1, 3, 1, 4, 1, 0x13, 4 }.Select(U16)]));
        await ExpectAsync(stream, 0x0001_0018);
        stream.Send(Snac.Of(0x0001_0006, ++_request));
        await ExpectAsync(stream, 0x0001_0007);
        stream.Send(Snac.Of(0x0001_0008, ++_request, U16(1), U16(2), U16(3), U16(4), U16(5)));
        stream.SendTogether(
            Snac.Of(0x0001_000E, ++_request),
            Snac.Of(0x0013_0002, ++_request),
            Snac.Of(0x0002_0002, ++_request),
            Snac.Of(0x0003_0002, ++_request),
            Snac.Of(0x0004_0004, ++_request),
            Snac.Of(0x0009_0002, ++_request));
        Snac? own = await ExpectAsync(stream, 0x0001_000F);
        await ExpectAsync(stream, 0x0004_0005);
        if (own is null)
        {
            return null;
        }

        TlvList info = TlvList.Parse(own.Data.AsSpan(1 + own.Data[0] + 4));
        External = info.First(0x000A) is { Length: 4 } external ? Ipv4Address.Read(external) : default;
        stream.SendTogether(
            Snac.Of(0x0004_0002, ++_request, U16(0), U32(0x0B), U16(8_000), U16(999), U16(999), U32(0)),
            Snac.Of(0x0002_0004, ++_request, Tlv(0x0005, Uuid(SendFile), Uuid(DirectIm), Uuid(0x1346), Uuid(0x134E))),
            Snac.Of(0x0001_001E, ++_request, Tlv(0x0006, U32(0x1002_0000))),
            Snac.Of(0x0001_0002, ++_request, U16(1), U16(4), U16(0x0110), U16(0x0629), U16(4), U16(1), U16(0x0110), U16(0x0629)));
        return stream;
    }

    private async Task<FlapStream?> OpenAsync(Ipv4Endpoint remote, byte[] tlvs)
    {
        TcpConnection? connection = await client.Host.ConnectAsync(remote, Limit);
        if (connection is null)
        {
            return null;
        }

        connection.NoDelay = client.NoDelay;
        var stream = new FlapStream(connection, client.Style.FirstSequence(client.Simulation.Random), client.Style.Writer(client.Simulation));
        if (client.Style.WaitsForHello && await HelloAsync(stream) is null)
        {
            return null;
        }

        stream.Send(1, Join(U32(1), tlvs));
        return client.Style.WaitsForHello || await HelloAsync(stream) is not null ? stream : null;
    }

    private async Task<FlapFrame?> HelloAsync(FlapStream stream)
    {
        if (await client.Simulation.Within(stream.ReadAsync(), Limit) is { Channel: 1 } hello)
        {
            return hello;
        }

        stream.Connection.Abort();
        return null;
    }

    /// <summary>Skips what else the server says.</summary>
    private async Task<Snac?> ExpectAsync(FlapStream stream, uint kind)
    {
        while (await client.Simulation.Within(stream.ReadAsync(), Limit) is { Channel: 2 } frame)
        {
            if (Snac.Parse(frame.Body) is { } snac && snac.Kind == kind)
            {
                return snac;
            }
        }

        stream.Connection.Abort();
        return null;
    }

    private static Ipv4Endpoint? ParseEndpoint(byte[] text)
    {
        string[] parts = Encoding.ASCII.GetString(text).Split(':');
        return Ipv4Address.TryParse(parts[0], out Ipv4Address address)
            ? new Ipv4Endpoint(address, parts.Length > 1 && ushort.TryParse(parts[1], out ushort port) ? port : OscarServer.Port)
            : null;
    }
}

using System.Buffers.Binary;
using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Icq;

/// <summary>
/// ICQ's direct connections beside a client's conversation with the server, as Miranda and climm do them: one listener, told in
/// the status; messages and files over connections between the clients (PROTOCOL 4).
/// </summary>
internal sealed class IcqMessenger
{
    /// <summary>Miranda's, for each address.</summary>
    private const long ConnectTimeout = 8 * Simulation.Second;

    private readonly AimClient _client;
    private readonly Dictionary<string, IcqContact> _contacts = [];
    private readonly Dictionary<ulong, byte[]> _offered = [];
    private readonly uint _cookie;
    private TcpListener? _listener;

    public IcqMessenger(AimClient client, ushort port)
    {
        (_client, Port) = (client, port);
        _cookie = (uint)client.Simulation.Random.Next();
        client.Icq = this;
    }

    public ushort Port { get; }

    /// <summary>True to accept files as climm does, in a 0004/000B.</summary>
    public bool AcceptsAsClimm { get; init; }

    /// <summary>Messages and files that came over direct connections.</summary>
    public List<string> Messages { get; } = [];

    public List<Digest> Files { get; } = [];

    /// <summary>Names of those whose listener is known.</summary>
    public IReadOnlyCollection<string> Known => _contacts.Keys;

    private uint Number => NumberOf(_client.Name);

    /// <summary>Listens, and tells the server so. Once signed on.</summary>
    public void Start()
    {
        _listener = _client.Host.Listen(Port) ?? throw new InvalidOperationException($"{Port} is taken");
        _client.Forget(_listener);
        _client.Run(async () =>
        {
            while (await _listener.AcceptAsync() is { } connection)
            {
                _client.Run(() => ServeAsync(connection));
            }
        });
        byte[] info = IcqMessages.DirectInfo(_client.OwnAddress, Port, 4);
        BinaryPrimitives.WriteUInt32BigEndian(info.AsSpan(11), _cookie);
        _client.SendSnac(0x0001_001E, Tlv(0x0006, U32(0x1002_0000)), Tlv(0x000C, info));
    }

    /// <summary>Sends a message over a direct connection.</summary>
    /// <returns>False if none could be made.</returns>
    public async Task<bool> SendAsync(string to, string text)
    {
        if (await ConnectAsync(to) is not { } frames)
        {
            return false;
        }

        frames.Send([PeerFrames.Message, .. Encoding.ASCII.GetBytes(text)]);
        bool isDelivered = await frames.ReadAsync() is [PeerFrames.Acknowledge];
        frames.Connection.Close();
        return isDelivered;
    }

    /// <summary>Offers a file by way of the server; who accepts it listens.</summary>
    public void OfferFile(string to, byte[] file)
    {
        ulong cookie = _client.Simulation.Random.Next();
        _offered[cookie] = file;
        _client.SendSnac(0x0004_0006, Relay(cookie, to, 1, IcqMessages.Acceptance(0, isPlugin: false)));
    }

    /// <summary>Asks somebody to connect here.</summary>
    public void AskToConnect(string to)
    {
        byte[] data = IcqMessages.ReverseData(_client.OwnAddress, Port, isSecondBigEndian: true);
        ulong cookie = _client.Simulation.Random.Next();
        byte[] block = Join(U16(0), U64(cookie), Uuid(IcqMessages.ReverseCapability), Tlv(0x000A, U16(1)), Tlv(0x000F), Tlv(0x2711, data));
        _client.SendSnac(0x0004_0006, Head(cookie, Icbm.Rendezvous, to), Tlv(0x0005, block));
    }

    /// <summary>What the server tells of whoever sends a message.</summary>
    public void Learn(string name, TlvList userInfo)
    {
        if (IcqContact.Parse(userInfo.First(0x000C)) is { } contact)
        {
            _contacts[name] = contact;
        }
    }

    /// <summary>A rendezvous of ICQ's own.</summary>
    public void Take(Icbm message, RendezvousMessage rendezvous)
    {
        byte[] data = rendezvous.Tlvs.First(0x2711) ?? [];
        switch (rendezvous.Capability)
        {
            case IcqMessages.ReverseCapability:
                var address = Ipv4Address.Read(data.AsSpan(4));
                uint port = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(8));
                _client.Run(async () =>
                {
                    if (await ConnectAsync(message.Name, [address], (ushort)port) is { } frames)
                    {
                        frames.Send([PeerFrames.Message, .. "you asked"u8]);
                        await frames.ReadAsync();
                        frames.Connection.Close();
                    }
                });
                break;
            case IcqMessages.RelayCapability when _offered.Remove(message.Cookie, out byte[]? file):
                // It accepts: TLVs 0004 and 0003 say where, the data at which port.
                Ipv4Address?[] where = [rendezvous.Verified, rendezvous.Internal];
                _client.Run(() => SendFileAsync(message.Name, [.. where.OfType<Ipv4Address>()], IcqMessages.AcceptedPort(data), file));
                break;
            case IcqMessages.RelayCapability when AcceptsAsClimm:
                _client.SendSnac(0x0004_000B, Head(message.Cookie, Icbm.Rendezvous, message.Name), IcqMessages.ClimmData(Port));
                break;
            case IcqMessages.RelayCapability:
                _client.SendSnac(0x0004_0006, Relay(message.Cookie, message.Name, 2, IcqMessages.Acceptance(Port, isPlugin: true)));
                break;
        }
    }

    /// <summary>A 0004/000B: somebody accepts as climm does; where he is, his TLV 000C said.</summary>
    /// <returns>False if it is no such answer.</returns>
    public bool TakeAnswer(Icbm message)
    {
        if (message.Rest is not [0, 3, 27, 0, ..] || !_offered.Remove(message.Cookie, out byte[]? file))
        {
            return false;
        }

        Ipv4Address[] where = _contacts.TryGetValue(message.Name, out IcqContact? contact) ? [contact.Address] : [];
        _client.Run(() => SendFileAsync(message.Name, where, IcqMessages.AcceptedPort(message.Rest.AsSpan(2)), file));
        return true;
    }

    private byte[] Relay(ulong cookie, string to, ushort request, byte[] data) => Join(
        Head(cookie, Icbm.Rendezvous, to),
        Tlv(0x0005, U16(0), U64(cookie), Uuid(IcqMessages.RelayCapability), Tlv(0x000A, U16(request)), Tlv(0x000F), Address(0x0003, _client.OwnAddress), Tlv(0x0005, U16(Port)), Tlv(0x2711, data)),
        Tlv(0x0003));

    private async Task<PeerFrames?> ConnectAsync(string to) =>
        _contacts.TryGetValue(to, out IcqContact? contact) ? await ConnectAsync(to, [contact.Address], contact.Port) : null;

    private async Task<PeerFrames?> ConnectAsync(string to, Ipv4Address[] addresses, ushort port)
    {
        foreach (Ipv4Address address in addresses)
        {
            if (await _client.Host.ConnectAsync(new Ipv4Endpoint(address, port), ConnectTimeout) is { } connection)
            {
                return await GreetAsync(to, new PeerFrames(_client.Simulation, connection));
            }
        }

        return null;
    }

    /// <summary>Who connects says who it is; the other answers the same, and both acknowledge.</summary>
    private async Task<PeerFrames?> GreetAsync(string to, PeerFrames frames)
    {
        uint cookie = _contacts.TryGetValue(to, out IcqContact? contact) ? contact.Cookie : 0;
        frames.Send(Hello(NumberOf(to), cookie));
        bool isAcknowledged = await frames.ReadAsync() is [PeerFrames.Acknowledge, ..];
        if (!isAcknowledged || PeerInit.Parse(await frames.ReadAsync()) is not { } theirs || theirs.To != Number || theirs.Port != theirs.PortAgain)
        {
            frames.Connection.Close();
            return null;
        }

        frames.Send([PeerFrames.Acknowledge, 0, 0, 0]);
        return frames;
    }

    private async Task ServeAsync(TcpConnection connection)
    {
        var frames = new PeerFrames(_client.Simulation, connection);
        if (PeerInit.Parse(await frames.ReadAsync()) is not { } theirs || theirs.To != Number || theirs.Port != theirs.PortAgain || theirs.Cookie != _cookie)
        {
            connection.Close();
            return;
        }

        frames.Send([PeerFrames.Acknowledge, 0, 0, 0]);
        frames.Send(Hello(theirs.From, theirs.Cookie));
        await frames.ReadAsync();
        Digest? file = null;
        while (await frames.ReadAsync() is { Length: > 0 } frame)
        {
            switch (frame[0])
            {
                case PeerFrames.Message:
                    Messages.Add(Encoding.ASCII.GetString(frame.AsSpan(1)));
                    frames.Send([PeerFrames.Acknowledge]);
                    break;
                case PeerFrames.File:
                    file = new Digest();
                    break;
                case PeerFrames.Data:
                    file?.Append(frame.AsSpan(1));
                    break;
                case PeerFrames.Acknowledge when file is not null:
                    Files.Add(file);
                    frames.Send([PeerFrames.Acknowledge]);
                    break;
            }
        }

        connection.Close();
    }

    private async Task SendFileAsync(string to, Ipv4Address[] where, ushort port, byte[] file)
    {
        if (await ConnectAsync(to, where, port) is not { } frames)
        {
            return;
        }

        frames.Send([PeerFrames.File]);
        foreach (byte[] part in file.Chunk(2_048))
        {
            frames.Send([PeerFrames.Data, .. part]);
        }

        frames.Send([PeerFrames.Acknowledge]);
        await frames.ReadAsync();
        frames.Connection.Close();
    }

    private byte[] Hello(uint to, uint cookie) => new PeerInit(to, Number, Port, Port, _client.ExternalAddress, _client.OwnAddress, cookie).ToBytes();

    /// <summary>Screen names stand for the numbers that ICQ has instead.</summary>
    private static uint NumberOf(string name) => name.Aggregate(10_000u, (number, letter) => (number * 31) + letter);
}

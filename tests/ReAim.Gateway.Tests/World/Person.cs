using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.World;

/// <summary>Somebody with a client on a host of their own, as a test commands them.</summary>
internal sealed class Person : IDisposable
{
    private static readonly TimeSpan s_afterthought = TimeSpan.FromMilliseconds(300);

    private readonly Lab _lab;

    public Person(Lab lab, NetNamespace place, string name, string address, ClientStyle style)
    {
        (_lab, Name, Address, Namespace) = (lab, name, address, place);
        Client = lab.Programs.Do(() => new AimClient(new Host(lab.Programs, place, Addresses.Parse(address)), name, style)
        {
            Proxy = lab.Proxy?.Endpoint,
            AnswerDelay = 0,
        });
    }

    public string Name { get; }

    public string Address { get; }

    public NetNamespace Namespace { get; }

    /// <summary>The client. Its options are set before it is told to do something.</summary>
    public AimClient Client { get; }

    /// <summary>Signs on, which must succeed.</summary>
    public void SignOn()
    {
        Task<bool> done = BeginSignOn();
        Assert.That(done.Wait(TimeSpan.FromSeconds(40)) && done.Result, $"{Name} signs on");
    }

    /// <summary>Begins to sign on.</summary>
    public Task<bool> BeginSignOn() => _lab.Programs.Do(() => Client.SignOnAsync(_lab.Login ?? _lab.Server.Endpoint));

    public void SignOff() => Do(Client.SignOff);

    public void SendIm(Person to, string text) => Do(() => Client.SendIm(to.Name, text));

    /// <summary>Waits for an IM with that text.</summary>
    /// <returns>How long it took from now; null if it did not come in the time.</returns>
    public TimeSpan? WaitForIm(string text, TimeSpan limit)
    {
        long start = _lab.Programs.Now;
        return _lab.Until(() => Client.ReceivedIms.Exists(im => im.Text == text), limit)
            ? TimeSpan.FromTicks((_lab.Programs.Now - start) / 100)
            : null;
    }

    public Offer OfferDirectIm(Person to, params string[] messages) =>
        new(_lab, this, to, _lab.Programs.Do(() => Client.OfferDirectIm(to.Name, messages)));

    public Offer OfferFile(Person to, byte[] file, string name = "holiday.zip") =>
        new(_lab, this, to, _lab.Programs.Do(() => Client.OfferFile(to.Name, file, name)));

    public void Do(Action action) => _lab.Programs.Do(() =>
    {
        action();
        return true;
    });

    /// <summary>Whether somebody at this host gets a connection.</summary>
    public bool CanConnect(string address, int port, TimeSpan limit)
    {
        var remote = new Ipv4Endpoint(Addresses.Parse(address), (ushort)port);
        Task<TcpConnection?> attempt = _lab.Programs.Do(() => Client.Host.ConnectAsync(remote, limit.Ticks * 100));
        TcpConnection? connection = attempt.Result;
        if (connection is not null)
        {
            Do(connection.Abort);
        }

        return connection is not null;
    }

    /// <summary>Whether somebody at this host gets a connection that is still there a little later: a relay takes it before it asks whether it may.</summary>
    public bool CanStayConnected(string address, int port, TimeSpan limit)
    {
        var remote = new Ipv4Endpoint(Addresses.Parse(address), (ushort)port);
        TcpConnection? connection = _lab.Programs.Do(() => Client.Host.ConnectAsync(remote, limit.Ticks * 100)).Result;
        if (connection is null)
        {
            return false;
        }

        bool isBroken = _lab.Until(() => connection.IsBroken, s_afterthought);
        Do(connection.Abort);
        return !isBroken;
    }

    /// <summary>Listens at this host, whatever the client does.</summary>
    /// <returns>Null if somebody does already.</returns>
    public TcpListener? Listen(int port) => _lab.Programs.Do(() => Client.Host.Listen((ushort)port));

    public void Dispose() => Do(Client.Host.Dispose);
}

using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Irc;
using ReAim.NatLab.Tests.Msn;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Talking;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Alice behind a gateway and Bob outside, on one server of a protocol whose addresses are text, and what they say to each other.</summary>
internal sealed class Talk
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Lab _lab;
    private readonly Dice _dice = new(7);
    private readonly List<string> _fromAlice = [];
    private readonly List<string> _fromBob = [];
    private readonly Func<Person, ITalker> _connect;
    private readonly Action<ITalker> _meet;
    private readonly IrcServer? _irc;

    /// <param name="lab">The laboratory.</param>
    /// <param name="protocol">How they talk.</param>
    public Talk(Lab lab, TalkProtocol protocol)
    {
        _lab = lab;
        Person server = lab.AddPublic("server", "198.51.100.8");
        if (protocol == TalkProtocol.Irc)
        {
            IrcServer irc = _irc = lab.Programs.Do(() => new IrcServer(server.Client.Host));
            _connect = person => Connect(() => new IrcClient(person.Client.Host, person.Name), client => client.ConnectAsync(irc.Endpoint), _ => true);
            _meet = _ => { };
        }
        else
        {
            MsnServer msn = lab.Programs.Do(() => new MsnServer(server.Client.Host));
            _connect = person => Connect(
                () => new MsnClient(person.Client.Host, person.Name, protocol == TalkProtocol.MsnTransport), client => client.ConnectAsync(msn.Endpoint), client => client.IsOnline);
            _meet = alice => lab.Programs.Do(() =>
            {
                ((MsnClient)alice).Call("bob");
                return true;
            });
        }

        (Bob, Alice) = (_connect(lab.Bob), _connect(lab.Alice));
        Meet();
    }

    public ITalker Alice { get; private set; }

    public ITalker Bob { get; }

    /// <summary>True if the server of a talk on IRC has a connection of Alice's: once hers is gone, a ghost's.</summary>
    public bool IsAliceKnown => _irc?.Knows("alice") == true;

    /// <summary>Alice comes back with a new connection.</summary>
    public void Return()
    {
        _fromAlice.Clear();
        _lab.Programs.Do(() =>
        {
            Bob.Heard.Clear();
            return true;
        });
        _fromBob.Clear();
        Alice = _connect(_lab.Alice);
        Meet();
    }

    public void Say(int lines)
    {
        for (int i = 0; i < lines; i++)
        {
            Say(Alice, "bob", _fromAlice);
            Say(Bob, "alice", _fromBob);
        }
    }

    /// <summary>Alice offers a file and Bob takes it, while both go on talking.</summary>
    public void AssertFileArrives(ushort port, int size = 100_000)
    {
        // A line that waits for its mapping keeps no more than sixteen segments waiting behind it.
        WaitForAll();
        byte[] file = _dice.Bytes(size);
        (int before, int offers) = (Bob.Files.Count, Bob.Offers);
        _lab.Alice.Do(() => Alice.SendFile("bob", file, port));
        Assert.That(_lab.Until(() => Bob.Offers > offers, s_patience), "the offer came");
        Say(100);
        Assert.That(_lab.Until(() => Bob.Files.Count > before, s_patience), "the file came");
        Assert.That(Bob.Files[^1].Bytes.ToArray(), Is.EqualTo(file));
    }

    /// <summary>Every word came, in order, and none else.</summary>
    public void AssertAllHeard()
    {
        WaitForAll();
        Assert.That(Bob.Heard, Is.EqualTo(_fromAlice));
        Assert.That(Alice.Heard, Is.EqualTo(_fromBob));
        string[] complaints = [.. new[] { Alice, Bob }.OfType<MsnClient>().SelectMany(client => client.Complaints)];
        if (complaints.Length > 0 && HasMissed())
        {
            // Of more holes than can be kept the rest of what the server says is not read: what it acknowledges stays as it came.
            complaints = [.. complaints.Where(complaint => !complaint.Contains(" acknowledges ", StringComparison.Ordinal))];
        }

        Assert.That(complaints, Is.Empty);
    }

    /// <summary>What was heard is what was said, as far as it came.</summary>
    public void AssertNothingElseHeard()
    {
        Assert.That(Bob.Heard, Is.EqualTo(_fromAlice.Take(Bob.Heard.Count)));
        Assert.That(Alice.Heard, Is.EqualTo(_fromBob.Take(Alice.Heard.Count)));
    }

    private bool HasMissed()
    {
        System.Text.Json.JsonElement reasons = GatewayStatus.Read(_lab.Gateway).GetProperty("reasons");
        return new[] { "bytes-missed", "hold-limit", "hold-expired" }.Any(name => reasons.TryGetProperty(name, out System.Text.Json.JsonElement count) && count.GetInt64() > 0);
    }

    private void WaitForAll() => _ = _lab.Until(() => Bob.Heard.Count >= _fromAlice.Count && Alice.Heard.Count >= _fromBob.Count, s_patience);

    private void Meet()
    {
        _meet(Alice);
        Assert.That(_lab.Until(() => Alice.IsWelcome && Bob.IsWelcome, s_patience), "both are welcome");
    }

    private T Connect<T>(Func<T> create, Func<T, Task<bool>> connect, Func<T, bool> isOnline)
    {
        T client = _lab.Programs.Do(create);
        _ = _lab.Programs.Do(() => connect(client));
        Assert.That(_lab.Until(() => isOnline(client), s_patience), "online");
        return client;
    }

    private void Say(ITalker from, string to, List<string> said)
    {
        string text = $"{said.Count} {Convert.ToHexString(_dice.Bytes(_dice.Below(200)))}";
        said.Add(text);
        _lab.Programs.Do(() =>
        {
            from.Say(to, text);
            return true;
        });
    }
}

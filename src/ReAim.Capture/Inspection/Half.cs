using System.Runtime.InteropServices;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>One direction of a connection: its stream, and who reads it once it is known what it speaks.</summary>
internal sealed class Half : IStreamReader
{
    /// <summary>Of a connection met in mid-stream so many bytes are searched for frames.</summary>
    private const int MidStreamSearch = 64 << 10;

    private readonly Conversation _conversation;
    private readonly bool _isClient;
    private readonly List<byte> _early = [];
    private IStreamReader? _reader;
    private long _earlyTime;
    private long _lostEarly;
    private bool _isDecided;

    /// <summary>Makes one.</summary>
    public Half(Conversation conversation, bool isClient)
    {
        _conversation = conversation;
        _isClient = isClient;
        Stream = new TcpStream(this, conversation.Limits);
    }

    /// <summary>The stream.</summary>
    public TcpStream Stream { get; }

    private bool StartsFrame => _lostEarly == 0 && _early.Count > 0 && _early[0] == Flap.Marker;

    /// <summary>The other direction.</summary>
    private Half Other => _conversation.Side(!_isClient);

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes, long time)
    {
        if (_reader is FrameReader { IsSearching: true } && _conversation.Kind != ConnectionKind.Oscar && Stream.Bytes > MidStreamSearch)
        {
            _reader.End(time);
            (_reader, Stream.KeepsBytes) = (null, false);
        }

        if (_reader is not null)
        {
            _reader.Take(bytes, time);
            return;
        }

        if (_isDecided)
        {
            _lostEarly += bytes.Length;
            return;
        }

        _earlyTime = time;
        int wanted = FirstBytes.Enough - _early.Count;
        ReadOnlySpan<byte> first = bytes[..Math.Min(wanted, bytes.Length)];
        foreach (byte one in first)
        {
            _early.Add(one);
        }

        ConnectionKind? kind = FirstBytes.Recognise(CollectionsMarshal.AsSpan(_early));
        if (kind is null && _early.Count >= FirstBytes.Enough)
        {
            kind = ConnectionKind.Other;
        }

        if (kind is { } known)
        {
            Decide(known);
        }

        if (first.Length < bytes.Length)
        {
            Take(bytes[first.Length..], time);
        }
    }

    /// <inheritdoc/>
    public void Miss(long count, long time)
    {
        if (_reader is null && !_isDecided)
        {
            _conversation.LacksBeginning = true;
            Decide(ConnectionKind.Other);
        }

        if (_reader is not null)
        {
            _reader.Miss(count, time);
        }
        else
        {
            _lostEarly += count;
        }
    }

    /// <inheritdoc/>
    public void End(long time)
    {
        if (!_isDecided && _early.Count > 0)
        {
            Decide(ConnectionKind.Other);
        }

        _reader?.End(time);
    }

    /// <summary>A connection met in mid-stream turned out to be OSCAR, by what this direction has.</summary>
    public void Found()
    {
        _conversation.Kind = ConnectionKind.Oscar;
        Other.Adopt(ConnectionKind.Oscar);
    }

    private void Decide(ConnectionKind kind)
    {
        _isDecided = true;
        if (kind == ConnectionKind.Other && _conversation.Kind is ConnectionKind.Silent or ConnectionKind.Other)
        {
            _conversation.Kind = ConnectionKind.Other;
            if (_conversation.MetInMidStream)
            {
                Install(new FrameReader(_conversation, _isClient, isFramed: false));
            }
            else
            {
                Stream.KeepsBytes = false;
            }

            return;
        }

        if (_conversation.Kind is ConnectionKind.Silent or ConnectionKind.Other)
        {
            _conversation.Kind = kind;
        }

        Adopt(_conversation.Kind);
        Other.Adopt(_conversation.Kind);
    }

    /// <summary>Reads this direction as the connection's kind has it, from what there is of it.</summary>
    private void Adopt(ConnectionKind kind)
    {
        if (_reader is not null)
        {
            return;
        }

        _isDecided = true;
        IStreamReader? reader = kind switch
        {
            ConnectionKind.Oscar => new FrameReader(_conversation, _isClient, isFramed: (_lostEarly == 0 && !_conversation.MetInMidStream) || StartsFrame),
            ConnectionKind.Proxy => new ProxyReader(_conversation, _isClient),
            ConnectionKind.Oft or ConnectionKind.Odc => new PeerReader(_conversation, _isClient),
            _ => null,
        };
        if (reader is null)
        {
            Stream.KeepsBytes = false;
        }
        else
        {
            Stream.KeepsBytes = true;
            Install(reader);
        }
    }

    private void Install(IStreamReader reader)
    {
        _reader = reader;
        if (_early.Count > 0)
        {
            byte[] early = [.. _early];
            _early.Clear();
            reader.Take(early, _earlyTime);
        }

        if (_lostEarly > 0)
        {
            reader.Miss(_lostEarly, _earlyTime);
        }
    }
}

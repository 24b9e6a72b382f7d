using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>What a segment does to a connection: "SEGMENT ARRIVES" (RFC 9293 3.10.7, with RFC 5961 for RST and SYN).</summary>
internal static class ArrivalRules
{
    private const int LargestWindow = 65_535;

    public static void Apply(TcpConnection connection, in IncomingSegment segment)
    {
        if (connection.State == TcpState.SynSent)
        {
            ApplyToSynSent(connection, segment);
        }
        else if (TryAnswerRepeatedSyn(connection, segment) || !TryPassChecks(connection, segment))
        {
            return;
        }
        else
        {
            ApplyToSynchronized(connection, segment);
        }
    }

    private static void ApplyToSynSent(TcpConnection connection, in IncomingSegment segment)
    {
        bool acknowledges = segment.Has(TcpFlags.Ack);
        if (acknowledges && segment.Acknowledgement != connection.Sender.Next)
        {
            connection.Host.Refuse(segment);
        }
        else if (segment.Has(TcpFlags.Rst))
        {
            if (acknowledges)
            {
                connection.Break();
            }
        }
        else if (segment.Has(TcpFlags.Syn))
        {
            connection.Synchronize(segment);
            if (acknowledges)
            {
                connection.Establish(segment);
                connection.EmitAck();
            }
            else
            {
                connection.SynchronizeBoth();
            }
        }
    }

    // The other end did not get the SYN-ACK; or, both SYNs having crossed, this is its SYN-ACK.
    private static bool TryAnswerRepeatedSyn(TcpConnection connection, in IncomingSegment segment)
    {
        if (connection.State != TcpState.SynReceived || !segment.Has(TcpFlags.Syn) || segment.Has(TcpFlags.Rst)
            || segment.Sequence != connection.Receiver.InitialSequence)
        {
            return false;
        }

        if (!segment.Has(TcpFlags.Ack))
        {
            connection.Handshake.Send();
        }
        else if (segment.Acknowledgement == connection.Sender.Next)
        {
            connection.Establish(segment);
            connection.EmitAck();
        }

        return true;
    }

    private static bool TryPassChecks(TcpConnection connection, in IncomingSegment segment)
    {
        if (!connection.Receiver.IsAcceptable(segment))
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                connection.EmitAck();
            }

            return false;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (segment.Sequence == connection.Receiver.Next)
            {
                connection.Break();
            }
            else
            {
                connection.EmitAck();
            }

            return false;
        }

        if (segment.Has(TcpFlags.Syn))
        {
            connection.EmitAck();
            return false;
        }

        return segment.Has(TcpFlags.Ack);
    }

    private static void ApplyToSynchronized(TcpConnection connection, in IncomingSegment segment)
    {
        TcpSender sender = connection.Sender;
        uint acknowledgement = segment.Acknowledgement;
        bool isKnown = SequenceOrder.IsAtOrBefore(acknowledgement, sender.Next);
        if (connection.State == TcpState.SynReceived)
        {
            if (acknowledgement != sender.Next)
            {
                connection.Host.Refuse(segment);
                return;
            }

            connection.Establish(segment);
            if (connection.State == TcpState.Closed)
            {
                return;
            }
        }
        else if (!isKnown || SequenceOrder.IsBefore(acknowledgement, sender.Unacknowledged - LargestWindow))
        {
            connection.EmitAck();
            return;
        }
        else
        {
            sender.Acknowledge(segment);
            connection.CompleteFlushes();
        }

        connection.Receiver.Take(segment.Sequence, segment.Payload, segment.Has(TcpFlags.Fin));
        connection.FollowFins();
        if (connection.State is not (TcpState.TimeWait or TcpState.Closed))
        {
            sender.Push();
        }
    }
}

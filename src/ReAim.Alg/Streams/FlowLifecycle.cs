namespace ReAim.Alg.Streams;

/// <summary>How flows begin and end: their places in the table, and what is given back when nothing of them is read any more.</summary>
internal sealed class FlowLifecycle(EngineOptions options, FlowTable flows, GuardedFlows guarded, EffectQueue effects, SessionContext context, Sequencer sequencer)
{
    private readonly ReusedPorts _reused = new();

    /// <summary>
    /// The flow of an outbound SYN: the one it repeats, or one in use, which stays until the server has answered; else a new one; null if
    /// the table is full.
    /// </summary>
    public Flow? Open(FlowKey key, uint initialSequence, FlowStanding standing, long now)
    {
        Flow? flow = flows.Find(key);
        if (flow is not null)
        {
            if (flow.Outbound.IsStartedBy(initialSequence) && flow.State != FlowState.Closed)
            {
                return flow;
            }

            if (flow.State != FlowState.Closed && flow.Inbound.Started)
            {
                _reused.Note(key, initialSequence);
                return flow;
            }

            // The port is used again: what the old connection offered ends as if it had signed off.
            Forget(flow, Reason.Closed, now);
        }

        return Begin(key, initialSequence, standing, now);
    }

    /// <summary>Somebody begins anew a connection that an engine before this one had.</summary>
    public void NoteReuse(FlowKey key, uint initialSequence) => _reused.Note(key, initialSequence);

    /// <summary>A flow that takes the place of one that an engine before this one had, if an inbound SYN-ACK tells that its client has begun anew.</summary>
    public Flow? Succeed(FlowKey key, uint acknowledgement, FlowStanding standing, long now)
    {
        if (!_reused.IsAnsweredBy(key, acknowledgement))
        {
            return null;
        }

        guarded.Forget(key, isOver: true);
        return Begin(key, acknowledgement - 1, standing, now);
    }

    /// <summary>A flow that takes the place of another one, if an inbound SYN-ACK tells that its client has begun anew; else that one.</summary>
    public Flow? Replace(Flow flow, uint acknowledgement, FlowStanding standing, long now)
    {
        if (!_reused.IsAnsweredBy(flow.Key, acknowledgement) || flow.Outbound.IsStartedBy(acknowledgement - 1))
        {
            return flow;
        }

        // What the old connection offered ends as if it had signed off.
        Forget(flow, Reason.Closed, now);
        guarded.Forget(flow.Key, isOver: true);
        return Begin(flow.Key, acknowledgement - 1, standing, now);
    }

    private Flow? Begin(FlowKey key, uint initialSequence, FlowStanding standing, long now)
    {
        var flow = new Flow(key, options.PublicAddress, FlowStanding.Watched) { IsRemembered = standing != FlowStanding.None };
        flow.Outbound.Start(initialSequence);
        return TryAdd(flow, now) ? flow : null;
    }

    /// <summary>A new flow for a connection that was verified before: its framing is looked for; null if the table is full.</summary>
    public Flow? Resume(FlowKey key, long now)
    {
        var flow = new Flow(key, options.PublicAddress, FlowStanding.Verified) { IsRemembered = true, State = FlowState.Resuming };
        Resumption.Begin(flow);
        return TryAdd(flow, now) ? flow : null;
    }

    /// <summary>Ends a flow and takes it out of the table.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="reason">Why; none for one that is closed already.</param>
    /// <param name="now">The time of the event.</param>
    public void Forget(Flow flow, Reason reason, long now)
    {
        if (reason != Reason.None)
        {
            context.Reasons.Count(reason);
        }

        bool isEnded = flow.State == FlowState.Closed;

        // Closed, nothing of it is to be read any more: its copies give their places back.
        SayUnrecognised(flow, now);
        flow.State = FlowState.Closed;
        End(flow, now);
        context.ForgetAwaited(flow);
        flows.Remove(flow);
        guarded.Forget(flow.Key, isEnded);
    }

    /// <summary>The connection ended.</summary>
    public void Close(Flow flow, long now)
    {
        if (flow.State != FlowState.Closed)
        {
            context.Reasons.Count(Reason.Closed);
            SayUnrecognised(flow, now);
            flow.State = FlowState.Closed;
            End(flow, now);
            flows.Touch(flow, now);
        }
    }

    /// <summary>Takes up that a flow is read otherwise than before, or no more.</summary>
    public void StateChanged(Flow flow, long now)
    {
        flows.Touch(flow, now);
        if (flow.State != FlowState.Done)
        {
            // Of the client's bytes less may be wanted now: copies kept for that go.
            sequencer.Settle(flow, flow.Outbound, now);
            return;
        }

        context.Enter(flow, flow.Outbound, now);
        context.Offers.StopReading(flow.Key, now);
        flow.Session?.Close(context);
        flow.Session = null;
        sequencer.Settle(flow, flow.Outbound, now);
        sequencer.Settle(flow, flow.Inbound, now);
        CheckOver(flow, now);
    }

    /// <summary>A flow that is no longer read is over once nothing of it waits, and nothing of it that was edited may come again.</summary>
    public void CheckOver(Flow flow, long now)
    {
        if (flow.State == FlowState.Done && flow.Standing != FlowStanding.Done
            && flow.AwaitedAnswers == 0 && flow.HeldPackets == 0 && !flow.MayRepeatEdits)
        {
            flow.Standing = FlowStanding.Done;
            flows.Touch(flow, now);
            effects.Add(new Effect { Kind = EffectKind.FlowDone, Time = now, Flow = flow.Key });
        }
    }

    /// <summary>Adds a flow; one that is worth less makes room for it.</summary>
    private bool TryAdd(Flow flow, long now)
    {
        if (flows.Surplus is { } surplus)
        {
            Forget(surplus, surplus.IsOver ? Reason.None : Reason.FlowTableFull, now);
        }

        return flows.TryAdd(flow, now);
    }

    /// <summary>A flow whose first words were of a protocol that is helped ends without the others.</summary>
    private void SayUnrecognised(Flow flow, long now)
    {
        if (flow is { State: FlowState.Candidate, Session: not null })
        {
            context.Enter(flow, flow.Outbound, now);
            context.EndUnrecognised();
        }
    }

    /// <summary>Nothing of the flow is read any more: what waits goes on, what was borrowed goes back.</summary>
    private void End(Flow flow, long now)
    {
        context.Enter(flow, flow.Outbound, now);
        context.SignOff();
        flow.Session?.Close(context);
        flow.Session = null;
        sequencer.ReleaseWaiting(flow, flow.Outbound, Reason.Closed, now);
        sequencer.ReleaseWaiting(flow, flow.Inbound, Reason.Closed, now);
    }
}

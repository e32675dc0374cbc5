/* The procedure of a person's route: one step told, and the whole list shown. */
#include "services/intake/handlers.h"

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"

static const Lifeguard__Intake__CompleteStep *told_step(const struct lg_item *item)
{
	return (const Lifeguard__Intake__CompleteStep *)item->message;
}

void load_procedure(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	work->persons = read_persons(batch, item->key);
	work->checklist = read_checklist(batch, item->key);
}

struct lg_status decide_step(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const struct intake_data *data = item->state;
	const Lifeguard__Intake__CompleteStep *told = told_step(item);
	const struct step step = {
		.code = told->step,
		.state = told->not_applicable ? STEP_NOT_APPLICABLE : STEP_DONE,
		.done_at = told->done_ms,
		.because = told->because,
		.proof = told->proof,
	};
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status) && !case_time_is_possible(told->done_ms, item->now))
		status = lg_refuse("the time is before the year 2000, or to come");
	if (lg_is_done(status))
		status = find_person(item, told->person_id.data, told->person_id.len);
	if (lg_is_done(status))
		status = checklist_tell(work->checklist, &data->procedures, work->person, &step,
			&work->step, &work->is_told);
	if (lg_is_done(status) && !work->is_told)
		work->file->steps++;
	return status;
}

void store_step(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	Lifeguard__Intake__StepDone message = LIFEGUARD__INTAKE__STEP_DONE__INIT;

	if (!work->is_told) {
		message.step = lg_copy_text(item->arena, work->step->code);
		message.not_applicable = work->step->state == STEP_NOT_APPLICABLE;
		message.done_ms = work->step->done_at;
		message.person_id = id_to_wire(&work->person->person_id);
		write_checklist_step(batch, item, work->step);
		write_case_file(batch, item, work->file);
		publish_step(batch, item, work->file->steps,
			&(struct lg_event){
				.type = STEP_DONE_EVENT,
				.event_id = lg_new_id(batch),
				.occurred_at = work->step->done_at,
				.message = &message.base,
			});
	}
	answer_moved(batch, item);
}

/* --- ShowChecklist ----------------------------------------------------------------------- */

struct lg_status decide_checklist(struct lg_item *item)
{
	const struct telling_work *work = item->work;
	const ProtobufCBinaryData *case_id =
		&((const Lifeguard__Intake__ShowChecklist *)item->message)->case_id;
	struct lg_status status = check_key(item, case_id->data, case_id->len);

	if (lg_is_done(status) && work->file->state == CASE_NEW) {
		item->refusal_status = 404;
		status = lg_refuse("no such case");
	}
	return status;
}

static Lifeguard__Intake__ChecklistStep *step_to_wire(
	struct lg_item *item, const struct procedure_step *step, const struct person *person)
{
	const struct telling_work *work = item->work;
	const struct step *told = checklist_find(work->checklist, person->person_id, step->code);
	Lifeguard__Intake__ChecklistStep *wire = lg_alloc(item->arena, sizeof *wire);

	lifeguard__intake__checklist_step__init(wire);
	wire->person_id = id_to_wire(&person->person_id);
	wire->route = (Lifeguard__Codes__Route)person->route;
	wire->step = lg_copy_text(item->arena, step->code);
	wire->what = lg_copy_text(item->arena, step->what);
	wire->responsible = lg_copy_text(item->arena, step->responsible);
	wire->deadline_ms = step_deadline(step, person, work->file->engaged_at);
	wire->is_law = step->is_law;
	wire->proof_wanted = lg_copy_text(item->arena, step->proof);
	wire->inform = lg_copy_text(item->arena, step->inform);
	wire->state =
		lg_copy_text(item->arena, step_life.states[told == NULL ? STEP_OPEN : told->state]);
	wire->is_overdue = told == NULL && wire->deadline_ms != 0 && wire->deadline_ms < item->now;
	if (told != NULL) {
		wire->done_ms = told->done_at;
		wire->because = lg_copy_text(item->arena, told->because);
		wire->proof = lg_copy_text(item->arena, told->proof);
	}
	return wire;
}

void store_checklist(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	const struct procedure_book *book = &((const struct intake_data *)item->state)->procedures;
	Lifeguard__Intake__ChecklistShown answer = LIFEGUARD__INTAKE__CHECKLIST_SHOWN__INIT;

	answer.case_id = id_to_wire(&item->key);
	answer.steps = lg_alloc_array(
		item->arena, (size_t)work->persons->count * book->step_count, sizeof *answer.steps);
	for (uint32_t i = 0; i < work->persons->count; i++) {
		for (uint32_t j = 0; j < book->step_count; j++) {
			if (procedure_applies(&book->steps[j], &work->persons->at[i]))
				answer.steps[answer.n_steps++] =
					step_to_wire(item, &book->steps[j], &work->persons->at[i]);
		}
	}
	lg_answer(batch, item, &answer.base);
}
